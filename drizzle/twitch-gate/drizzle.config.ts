import { defineConfig } from "drizzle-kit";

export default defineConfig({
	dialect: "sqlite",
	driver: "durable-sqlite",
	schema: "./drizzle/twitch-gate/schema.ts",
	out: "./drizzle/twitch-gate/migrations",
});

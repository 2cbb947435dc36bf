import { defineConfig } from "drizzle-kit";

export default defineConfig({
	dialect: "sqlite",
	driver: "durable-sqlite",
	schema: "./drizzle/run-scheduler/schema.ts",
	out: "./drizzle/run-scheduler/migrations",
});

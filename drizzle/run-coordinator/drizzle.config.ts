import { defineConfig } from "drizzle-kit";

export default defineConfig({
	dialect: "sqlite",
	driver: "durable-sqlite",
	schema: "./drizzle/run-coordinator/schema.ts",
	out: "./drizzle/run-coordinator/migrations",
});

import { defineConfig } from "vite";

/** Builds the ledger page (src/dashboard) into dist/dashboard, which wrangler.toml serves as assets of the Worker. */
export default defineConfig({
	root: new URL("src/dashboard", import.meta.url).pathname,
	oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
	build: {
		outDir: new URL("dist/dashboard", import.meta.url).pathname,
		emptyOutDir: true,
		target: "es2022",
		// The Content-Security-Policy of the page takes no data: in fonts and no inline anything: keep files as files.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
	},
});

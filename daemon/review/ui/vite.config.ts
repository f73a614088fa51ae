import { defineConfig } from "vite";

export default defineConfig({
    esbuild: { jsx: "automatic", jsxImportSource: "preact" },
    // Nothing inline: the page's Content-Security-Policy allows its own files only.
    build: { target: "es2020", assetsInlineLimit: 0, modulePreload: { polyfill: false }, cssCodeSplit: false },
});

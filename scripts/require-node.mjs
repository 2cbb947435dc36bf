// Plain JavaScript: it must run on the Node versions that it turns away.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
	console.error(
		`This is Node ${process.versions.node}; daicho's tools need Node 22.18 or newer.\n` +
			"`npm ci` installs one into node_modules and `npm run` uses it, unless install scripts are switched off.\n" +
			"Run `npm ci` again with install scripts allowed (npm config set ignore-scripts false), or install a newer Node.",
	);
	process.exit(1);
}

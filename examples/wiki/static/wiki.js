// Asks before a text that was changed is left. Everything else works without scripts.
for (const form of document.querySelectorAll("form[data-keep]")) {
	let changed = false;
	form.addEventListener("input", () => { changed = true; });
	form.addEventListener("submit", () => { changed = false; });
	addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

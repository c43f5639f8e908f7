// Loads the page again when another process serves, or a file of the page has changed, and shows why
// a program could not be built.
(() => {
	const page = new URL(document.currentScript.src).searchParams.get("process");
	let panel = null;

	const hide = () => { panel?.remove(); panel = null; };
	const show = (text, problem) => {
		hide();
		panel = document.createElement("div");
		const root = panel.attachShadow({mode: "closed"});
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(`
			pre { position: fixed; z-index: 2147483647; left: 1rem; right: 1rem; bottom: 1rem; max-height: 60vh; overflow: auto; margin: 0;
				padding: 1rem; border: 2px solid; border-radius: 8px; font: 14px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere;
				color: #e8e8e8; background: #1d1f24; border-color: #6b7280; }
			pre.problem { border-color: #ff8a80; }`);
		root.adoptedStyleSheets = [sheet];
		const box = document.createElement("pre");
		box.className = problem ? "problem" : "";
		box.setAttribute("role", problem ? "alert" : "status");
		box.textContent = text;
		root.append(box);
		document.body.append(panel);
	};

	const events = new EventSource("/-/dev/reload");
	events.addEventListener("process", (event) => JSON.parse(event.data) === page ? hide() : location.reload());
	events.addEventListener("changed", () => location.reload());
	events.addEventListener("building", () => show("Building …", false));
	events.addEventListener("same", hide);
	events.addEventListener("failed", (event) => show(JSON.parse(event.data), true));
	addEventListener("pagehide", () => events.close()); // so that the page can come back from the cache
	addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();

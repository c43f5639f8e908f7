// Everything works without this script; with it, some things happen by themselves.
"use strict";

// Asks before a text that was changed is left.
for (const form of document.querySelectorAll("form[data-keep]")) {
	let changed = false;
	form.addEventListener("input", () => { changed = true; });
	form.addEventListener("submit", () => { changed = false; });
	addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

// Says before an upload that a file is too large.
for (const form of document.querySelectorAll("form[data-max]")) {
	const input = form.querySelector("input[type=file]"), problem = form.querySelector("[data-toolarge]");
	input.addEventListener("change", () => {
		const large = [...input.files].some((file) => file.size > Number(form.dataset.max));
		problem.hidden = !large;
		input.setCustomValidity(large ? problem.textContent : "");
	});
}

// Shows who edits a page, and what has changed. Parts of the page that have a name are loaded again.
for (const state of document.querySelectorAll("[data-live]")) {
	const source = new EventSource(state.dataset.live);
	let editors = "", news = "";
	const show = () => {
		const text = [editors && editors + (editors.includes(",") ? " are" : " is") + " editing this page.", news].filter(Boolean).join(" ");
		if (state.textContent !== text) state.textContent = text;
	};
	const load = async () => {
		const response = await fetch(location.href, { headers: { Accept: "text/html" } });
		if (!response.ok) return;
		const page = new DOMParser().parseFromString(await response.text(), "text/html");
		for (const part of document.querySelectorAll("[data-part]")) {
			const other = page.querySelector(`[data-part="${part.dataset.part}"]`);
			if (other) part.replaceWith(document.adoptNode(other));
		}
	};
	source.addEventListener("editors", (event) => { editors = JSON.parse(event.data); show(); });
	source.addEventListener("changed", async (event) => {
		const by = JSON.parse(event.data) || "Somebody";
		if (state.hasAttribute("data-editor")) {
			news = by + " has saved another version. When you save, you will see both.";
		} else {
			await load().catch(() => {});
			news = by + " has just changed this.";
		}
		show();
	});
	source.addEventListener("gone", (event) => {
		news = (JSON.parse(event.data) || "Somebody") + " has deleted this.";
		show();
	});
	addEventListener("pagehide", () => source.close());
}

// Shows the preview beside the text while somebody writes.
for (const pane of document.querySelectorAll("[data-preview]")) {
	const text = document.getElementById("text"), token = text.form.elements.csrf_token.value;
	let timer = 0, request = null;
	const refresh = async () => {
		request?.abort();
		request = new AbortController();
		try {
			const response = await fetch(pane.dataset.preview, {
				method: "POST", signal: request.signal, headers: { "X-CSRF-Token": token }, body: new URLSearchParams({ text: text.value }),
			});
			if (!response.ok) return;
			pane.querySelector(".text").innerHTML = await response.text();
			pane.hidden = false;
			document.querySelector("[data-previewed]")?.remove(); // that of the button
		} catch { /* the next one may succeed, and the button Preview is still there */ }
	};
	text.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(refresh, 400); });
	if (text.value.trim()) refresh();
}

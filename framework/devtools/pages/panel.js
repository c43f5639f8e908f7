// A link in the corner of the page to what the toolbar knows about its request. The elements are in a
// shadow root, out of reach of the page's styles.
"use strict";
{
	const {request, status, time, lookups, queries} = document.currentScript.dataset;
	const host = document.createElement("aside");
	host.setAttribute("aria-label", "Development toolbar");
	const root = host.attachShadow({mode: "open"});
	const style = document.createElement("link");
	style.rel = "stylesheet";
	style.href = "/-/dev/panel.css";
	const link = document.createElement("a");
	link.href = "/-/dev/requests/" + request;
	link.target = "_blank";
	link.rel = "noopener";
	link.className = status >= 500 ? "bad" : status >= 400 ? "poor" : "good";
	link.hidden = true; // until its style is here
	style.addEventListener("load", () => { link.hidden = false; });
	const counted = (n, one, many) => n + " " + (n === "1" ? one : many);
	for (const [text, title] of [
		[status, "status"], [time, "time until the response"],
		[counted(lookups, "lookup", "lookups"), "steps of traversals"], [counted(queries, "query", "queries"), "statements on a database"],
	]) {
		const part = document.createElement("span");
		part.textContent = text;
		part.title = title;
		link.append(part, " ");
	}
	root.append(style, link);
	document.body.append(host);
}

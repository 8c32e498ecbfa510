/* Reloads the page when the site changed, and shows what is wrong. Only `readingroom serve` adds it. */
(() => {
  "use strict";
  const shown = new URL(document.currentScript.src).searchParams.get("v");
  let source = null;
  let panel = null;

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  const item = (problem) => {
    const made = element("li");
    made.append(element("code", problem.where), element("p", problem.message));
    if (problem.hint) made.append(element("p", problem.hint, "readingroom-hint"));
    return made;
  };

  const style = () => {
    if (document.querySelector('link[href="/_readingroom/reload.css"]')) return;
    const link = element("link");
    link.rel = "stylesheet";
    link.href = "/_readingroom/reload.css";
    document.head.append(link);
  };

  const show = (state) => {
    if (panel) panel.remove();
    panel = null;
    if (!state.problems.length || document.body.classList.contains("readingroom-note")) return;
    style();
    panel = element("section");
    panel.id = "readingroom-problems";
    panel.setAttribute("role", "alert");
    const head = element("h2", `${state.summary}. This page shows the last good site.`);
    const hide = element("button", "Hide");
    hide.type = "button";
    hide.addEventListener("click", () => panel.remove());
    const list = element("ol");
    list.append(...state.problems.map(item));
    panel.append(head, hide, list);
    document.body.append(panel);
  };

  const hear = (message) => {
    const state = JSON.parse(message.data);
    if (state.version !== shown) location.reload();
    else show(state);
  };

  const listen = () => {
    if (source || document.hidden) return;
    source = new EventSource("/_readingroom/events");
    source.addEventListener("message", hear);
    source.addEventListener("error", () => {
      if (!source || source.readyState !== EventSource.CLOSED) return;
      rest();
      setTimeout(listen, 2000);
    });
  };

  // A browser keeps six connections to a server at most: pages in the background give theirs back.
  const rest = () => {
    if (source) source.close();
    source = null;
  };

  document.addEventListener("visibilitychange", () => (document.hidden ? rest() : listen()));
  addEventListener("pagehide", rest);
  addEventListener("pageshow", listen);
  listen();
})();

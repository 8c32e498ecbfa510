// Reading a report: copy a citation, cite the paragraph one has landed on. Everything works without it.
(() => {
  "use strict";

  const canonical = document.querySelector('link[rel="canonical"]');
  const address = canonical ? canonical.href : /^https?:/.test(location.protocol) ? location.href.split("#")[0] : "";

  const select = (text) => {
    const area = document.createElement("textarea");
    area.className = "hidden";
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  };

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return select(text);
    }
  };

  const status = document.createElement("p");
  status.className = "hidden";
  status.setAttribute("role", "status");
  document.body.append(status);

  const copies = (button, text) => {
    const label = button.textContent;
    button.addEventListener("click", async () => {
      const said = (await copy(text())) ? "Copied" : "Not copied";
      button.textContent = said;
      status.textContent = said;
      setTimeout(() => {
        button.textContent = label;
        status.textContent = "";
      }, 1600);
    });
    return button;
  };

  const button = (label, text) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    return copies(made, text);
  };

  for (const box of document.querySelectorAll("[data-copy]")) {
    const shown = box.querySelector("button");
    copies(shown, () => box.querySelector("pre").textContent);
    shown.hidden = false;
  }

  /* The report's citation with the paragraph before its address, and in it. */
  const plain = document.getElementById("cite-plain");
  const page = address || location.pathname.split("/").slice(-2).join("/");
  const cited = (anchor, name) => {
    const text = plain ? plain.textContent.trim() : document.title;
    if (text.includes(page)) return text.replace(page, () => `${name}, ${page}#${anchor}`);
    return text.replace(/\.?$/, () => `, ${name}.`);
  };

  const bar = document.createElement("p");
  bar.className = "cite-bar";
  bar.setAttribute("role", "group");

  const land = () => {
    const anchor = decodeURIComponent(location.hash.slice(1));
    const passage = anchor && document.getElementById(anchor);
    const holder = passage && passage.closest(".para");
    bar.remove();
    if (!holder) return;
    const number = holder.querySelector(".n");
    const name = `¶${number ? number.textContent : anchor}`;
    bar.setAttribute("aria-label", `Cite ${name}`);
    bar.replaceChildren(name, button("Copy citation", () => cited(anchor, name)));
    if (address) bar.append(button("Copy link", () => `${address}#${anchor}`));
    bar.append(button("Copy text", () => passage.textContent.trim()));
    holder.after(bar);
  };

  addEventListener("hashchange", land);
  land();
})();

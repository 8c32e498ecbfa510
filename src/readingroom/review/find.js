/* What several parts of the review page make: elements whose text is text only, and the box that finds a name. */
(() => {
  "use strict";

  const element = (name, text, kind) => {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    if (kind) made.className = kind;
    return made;
  };

  /* `input` offers in `options` the names that what is typed may mean, but that of `row`, and says in `note` that there
     are none; calls `choose` with an id, or `leave`. */
  const combobox = ({ input, options, note, row }, choose, leave) => {
    let active = -1;
    let asked = 0;
    const show = (place) => {
      active = place;
      [...options.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
      if (place < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", options.children[place].id);
      options.children[place].scrollIntoView({ block: "nearest" });
    };
    const offer = (found) => {
      options.replaceChildren(...found.map((item, place) => {
        const option = element("li");
        option.id = `${options.id}-${place}`;
        option.dataset.entity = item.id;
        option.dataset.kind = item.kind;
        option.setAttribute("role", "option");
        option.append(element("i", "", "dot"), element("bdi", item.name));
        if (item.spelt) option.append(" ", element("span", `spelt “${item.spelt}”`, "as"));
        option.append(" ", element("span", item.label, "as"), " ", element("span", item.waits ? "waits too" : item.id, "as"));
        return option;
      }));
      options.hidden = !found.length;
      const typed = input.value.trim();
      note.textContent = found.length || !typed ? "" : `No name is like “${typed}”.`;
      input.setAttribute("aria-expanded", String(found.length > 0));
      show(-1);
    };
    input.addEventListener("input", async () => {
      asked += 1;
      const mine = asked;
      const answer = await fetch(`/_readingroom/names/like?row=${row}&text=${encodeURIComponent(input.value.slice(0, 200))}`).catch(() => null);
      const found = answer && answer.ok ? await answer.json() : [];
      if (mine === asked) offer(found);
    });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const total = options.children.length;
      if ((event.key === "ArrowDown" || event.key === "ArrowUp") && total) {
        event.preventDefault();
        show((active + (event.key === "ArrowDown" ? 1 : total) + (active < 0 && event.key === "ArrowUp" ? 1 : 0)) % total);
      } else if (event.key === "Enter") {
        event.preventDefault();
        if (active >= 0) choose(options.children[active].dataset.entity);
        else if (total === 1) choose(options.children[0].dataset.entity);
      } else if (event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        leave();
      }
    });
    options.addEventListener("mousedown", (event) => event.preventDefault());
    options.addEventListener("click", (event) => {
      const option = event.target.closest("[data-entity]");
      if (option) choose(option.dataset.entity);
    });
  };

  self.readingroomReview = { element, combobox };
})();

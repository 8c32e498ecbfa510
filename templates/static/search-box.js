/* The names box in the header of every page: answers from the first letters, in any spelling, from the scripts in
   names/. Loads nothing until somebody types or enters the box. Text is set as text only. */
"use strict";
(() => {
  const shared = (self.readingroom = self.readingroom || {});
  const form = document.querySelector("form[data-names-box]");
  if (!form) return;
  const root = form.dataset.root;
  const input = form.querySelector("input");
  const LIMIT = 8;
  let loading = null;
  let rows = null;
  let inner = null;
  let starts = null;
  let kinds = null;
  let romanise = null;

  /* Scripts asked for together run in the order in which they were asked for. */
  const script = (path) =>
    new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.async = false;
      element.src = root + path;
      element.addEventListener("load", resolve);
      element.addEventListener("error", () => reject(new Error(path)));
      document.head.append(element);
    });

  /* Resolves when names can be looked up. */
  const load = () => {
    loading = loading || Promise.all(["names/rules.js", "names/names.js", "static/romanise.js"].map(script)).then(prepare);
    loading.catch(() => { loading = null; });
    return loading;
  };

  const flat = (text) => romanise.fold(text).replace(/['’]/g, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

  const prepare = () => {
    romanise = self.readingroomRomanise(shared.romanisation);
    kinds = new Map(shared.names.kinds.map(([folder, name, label, plural]) => [folder, { name, label, plural }]));
    rows = shared.names.rows.map(rowOf);
    inner = new Set(listed(shared.names.inner));
    starts = listed(shared.names.starts);
  };

  const listed = (lines) => (lines ? lines.split("\n") : []);

  const rowOf = ([id, name, native, direction, mentions, others, keys, skeletons]) => {
    const spellings = [name, native, ...others].filter(Boolean);
    const folded = spellings.map(flat);
    return {
      id, name, native, direction, mentions, spellings, folded,
      kind: kinds.get(id.split("/")[0]),
      search: "\n" + folded.join("\n"),
      keys: " " + keys,
      skeletons: " " + skeletons,
    };
  };

  /* The file that holds what begins so: the best names of a beginning that many share, or all from a beginning on. */
  const fileOf = (text) => {
    const start = inner.has(text) ? text : starts[starts.filter((start) => start <= text).length - 1];
    if (!start) return null;
    const plain = Array.from(start, (letter) =>
      /[a-z0-9]/.test(letter) ? letter : letter === " " ? "_" : `.${letter.codePointAt(0).toString(16)}.`);
    return `${inner.has(text) ? "b" : "n"}-${plain.join("")}`;
  };

  const taken = new Map();
  const files = new Map();
  shared.takeNames = (file, names) => taken.set(file, names.map(rowOf));

  const rowsIn = async (file) => {
    if (!files.has(file)) files.set(file, script(`names/${file}.js`));
    files.get(file).catch(() => files.delete(file));
    await files.get(file);
    return taken.get(file);
  };

  /* The names among which the answers to what was typed are, in order of mentions. */
  const rowsFor = async (texts) => {
    if (!starts.length) return rows;
    const wanted = [...new Set(texts.filter(Boolean).map(fileOf).filter(Boolean))];
    const found = new Map((await Promise.all(wanted.map(rowsIn))).flat().map((row) => [row.id, row]));
    return [...found.values()].sort((one, other) => other.mentions - one.mentions || (one.id < other.id ? -1 : 1));
  };

  /* 0: a spelling begins so; 1: a word of one does; 2: by sound; 3: by consonants; 4: not at all. */
  const distance = (row, words, key, skeleton) => {
    if (row.search.includes("\n" + words)) return 0;
    if (row.search.includes(" " + words)) return 1;
    if (key.length > 1 && row.keys.includes(" " + key)) return 2;
    if (skeleton.length > 2 && row.skeletons.includes(" " + skeleton)) return 3;
    /* Arabic script has no key: two consonants are enough where a name has no others. */
    if (!key && skeleton.length === 2 && (row.skeletons + " ").includes(` ${skeleton} `)) return 3;
    return 4;
  };

  /* The names that answer what was typed, best first. Rows are in order of mentions, and sorting keeps it. */
  const lookup = async (typed, limit = LIMIT) => {
    const words = rows ? flat(typed) : "";
    if (!words) return [];
    const key = romanise.key(typed);
    const skeleton = romanise.skeleton(typed);
    return (await rowsFor([words, key, skeleton]))
      .map((row) => ({ row, level: distance(row, words, key, skeleton) }))
      .filter((found) => found.level < 4)
      .sort((one, other) => one.level - other.level)
      .slice(0, limit)
      .map(({ row, level }) => ({ row, level, as: spelt(row, words, level) }));
  };

  /* Every spelling of a name whose id is known. */
  const spellingsOf = async (id, name) => {
    const found = (await rowsFor([flat(name)])).find((row) => row.id === id);
    return found ? found.spellings : [name];
  };

  /* The spelling that answered, where it is not the name itself. */
  const spelt = (row, words, level) => {
    if (level > 1) return "";
    const place = row.folded.findIndex((text) => (" " + text).includes(" " + words));
    return place > 0 && row.spellings[place] !== row.native ? row.spellings[place] : "";
  };

  const element = (tag, name, text, direction) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    if (direction) made.dir = direction;
    return made;
  };

  /* A spelling in quotation marks, of which some have their own. */
  const quoted = (text) => (/^[“"]/.test(text) ? text : `“${text}”`);

  Object.assign(shared, { root, script, load, lookup, spellingsOf, element, quoted });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    input.focus();
    input.select();
  });

  form.addEventListener("submit", (event) => {
    if (document.getElementById("search")) return;
    event.preventDefault();
    location.assign(reports(input.value));
  });

  const reports = (typed) => `${root}search.html?q=${encodeURIComponent(typed.trim())}`;

  /* ?q= on a report: its words are marked where the link led. */
  if (new URLSearchParams(location.search).get("q") && document.querySelector("article [data-pagefind-body]")) {
    script("static/highlight.js").catch(() => {});
  }

  if (document.getElementById("search")) return;

  const list = element("ul", "suggestions");
  list.id = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Names");
  list.hidden = true;
  form.append(list);
  const set = (name, value) => input.setAttribute(name, value);
  set("role", "combobox");
  set("aria-autocomplete", "list");
  set("aria-controls", list.id);
  set("aria-expanded", "false");
  let active = -1;

  const close = () => {
    list.hidden = true;
    active = -1;
    set("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const choose = (next) => {
    const options = [...list.children];
    if (!options.length) return;
    active = (next + options.length + 1) % (options.length + 1);
    if (active === options.length) active = -1;
    options.forEach((option, place) => option.setAttribute("aria-selected", String(place === active)));
    if (active < 0) return input.removeAttribute("aria-activedescendant");
    set("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  };

  const option = (place, url) => {
    const made = element("li", "suggestion");
    made.id = `suggestion-${place}`;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    made.dataset.url = url;
    return made;
  };

  const named = ({ row, as }, place) => {
    const made = option(place, `${root}${row.id}.html`);
    made.dataset.kind = row.kind.name;
    made.append(element("i", "dot"), element("bdi", "", row.name));
    if (as) made.append(" ", element("span", "as", `spelt ${quoted(as)}`));
    if (row.native) made.append(" ", element("bdi", "as", row.native, row.direction));
    made.append(" ", element("span", "as", row.kind.label), " ", element("span", "count", row.mentions.toLocaleString("en")));
    return made;
  };

  const show = async () => {
    const typed = input.value.trim();
    if (!typed || !rows) return close();
    const found = (await lookup(typed).catch(() => [])).map(named);
    if (input.value.trim() !== typed || document.activeElement !== input) return;
    const last = option(found.length, reports(typed));
    last.classList.add("all");
    last.textContent = `Search the reports for “${typed}”`;
    list.replaceChildren(...found, last);
    list.hidden = false;
    active = -1;
    set("aria-expanded", "true");
    input.removeAttribute("aria-activedescendant");
  };

  const wake = () => load().then(() => document.activeElement === input && show(), () => {});

  input.addEventListener("focus", wake);
  input.addEventListener("input", () => (rows ? show() : wake()));
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return show();
      choose(active + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      location.assign(list.children[active].dataset.url);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-url]");
    if (chosen) location.assign(chosen.dataset.url);
  });
  if (document.activeElement === input) wake();
})();

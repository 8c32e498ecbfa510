/* The search page: the index asked through shards.js, our own list of results.
   The query, its filters and the order live in the address, so that a search can be cited.
   Every text is set as text; nothing here builds HTML from strings. */
"use strict";
(() => {
  const page = document.getElementById("search");
  const shared = self.readingroom;
  if (!page || !shared) return;
  const { element, root } = shared;
  const input = page.querySelector("input[name=q]");
  const form = input.form;
  const status = document.getElementById("search-status");
  const filterForm = document.getElementById("search-filters");
  const list = document.getElementById("search-results");
  const more = document.getElementById("search-more");
  const namesButton = document.getElementById("search-names");
  const PAGE = 7;
  const FACETS = 8;
  const LEAVING = 500;
  const PAUSE = location.protocol === "file:" ? 100 : 250;
  const ORDERS = [["", "Best match"], ["date", "Newest first"], ["oldest", "Oldest first"]];
  const SORTS = ORDERS.map(([value]) => value).filter(Boolean);
  const narrow = filterForm.querySelector("details");
  const narrowLabel = narrow.querySelector("summary");
  const roomy = matchMedia("(min-width: 60.001rem)");
  const filterNames = [...filterForm.querySelectorAll("fieldset")].map((box) => box.dataset.filter);
  const wide = new Set();
  const ranks = { q: null, of: {} };
  let turn = 0;
  let engine = null;
  let shown = null;

  const cards = element("ul", "names");
  const order = element("select");
  ORDERS.forEach(([value, text]) => order.append(new Option(text, value)));
  const orderLabel = element("label", "hint", "Order ");
  const empty = element("div", "empty");
  orderLabel.append(order);
  orderLabel.hidden = cards.hidden = empty.hidden = true;
  list.before(cards, orderLabel, status, empty);

  const link = (href, text, name) => Object.assign(element("a", name, text), { href });
  const counted = (number, one, many) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

  /* ---- the state and its address ---- */

  const readAddress = () => {
    const given = new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(1) : location.search);
    const chosen = filterNames.map((name) => [name, given.getAll(name).filter(Boolean)]);
    const sort = SORTS.includes(given.get("sort")) ? given.get("sort") : "";
    return { q: (given.get("q") || "").trim(), sort, filters: Object.fromEntries(chosen) };
  };

  const addressOf = ({ q, sort, filters }) => {
    const wanted = new URLSearchParams();
    if (q) wanted.set("q", q);
    for (const [name, values] of Object.entries(filters)) values.forEach((value) => wanted.append(name, value));
    if (sort) wanted.set("sort", sort);
    const text = wanted.toString().replaceAll("%2F", "/");
    return location.pathname.split("/").pop() + (text && `?${text}`);
  };

  const isFiltered = (state) => Object.values(state.filters).some((values) => values.length);
  const without = (state) => ({ ...state, filters: Object.fromEntries(filterNames.map((name) => [name, []])) });

  let state = readAddress();

  const go = (changes, { replace = false } = {}) => {
    state = { ...state, ...changes };
    remember(addressOf(state), replace);
    reflect();
    return run();
  };

  /* Pages opened from disk may not always change their query: then it stands behind the #. */
  const remember = (address, replace) => {
    const change = replace ? "replaceState" : "pushState";
    try {
      history[change](null, "", address);
    } catch {
      history[change](null, "", `#?${address.split("?")[1] || ""}`);
    }
  };

  const reflect = () => {
    if (input.value.trim() !== state.q) input.value = state.q;
    order.value = state.sort;
  };

  /* ---- asking the index ---- */

  const loadEngine = async () => {
    await shared.load();
    await Promise.all(["highlight", "search-result", "shards"].map((name) => shared.script(`static/${name}.js`)));
    return shared.names.reports ? shared.openIndex() : null;
  };

  const ready = () => {
    engine = engine || loadEngine();
    engine.catch(() => { engine = null; });
    return engine;
  };

  /* "quoted phrases" apart from the other words. */
  const partsOf = (query) => {
    const phrases = [];
    const words = query
      .replace(/[“”„«»]/g, '"')
      .replace(/"([^"]*)"?/g, (whole, phrase) => {
        if (phrase.trim()) phrases.push(phrase.trim());
        return " ";
      })
      .trim();
    return { phrases, words };
  };

  const hasWords = (text) => /[\p{L}\p{N}]/u.test(text);

  /* What must be found. Names narrow: a report must name all that are chosen. Years widen: a report has one. */
  const queryOf = (text) => {
    const { phrases, words } = partsOf(text);
    return { phrases: phrases.filter(hasWords), words: words.split(/\s+/).filter(hasWords) };
  };

  /* ---- drawing ---- */

  const nameOf = (value) => (shared.labels.has(value) ? shared.labels.get(value) : value.split("/").pop());

  const facet = (box, value, count) => {
    const item = element("li");
    const label = element("label");
    const tick = Object.assign(element("input"), { type: "checkbox", name: box.dataset.filter, value });
    tick.checked = state.filters[box.dataset.filter].includes(value);
    label.append(tick, " ", element("bdi", "", nameOf(value)));
    if (Number.isInteger(count)) label.append(" ", element("span", "count", count.toLocaleString("en")));
    item.append(label);
    return item;
  };

  /* What may be ticked, in an order that stays while the words asked for stay: nothing moves under the hand. */
  const orderOf = (name, chosen, counts) => {
    if (ranks.q !== state.q) Object.assign(ranks, { q: state.q, of: {} });
    const known = ranks.of[name] || chosen;
    const fresh = Object.keys(counts).filter((value) => counts[value] !== 0 && !known.includes(value));
    fresh.sort((one, other) =>
      name === "year" ? other.localeCompare(one) : counts[other] - counts[one] || nameOf(one).localeCompare(nameOf(other)));
    ranks.of[name] = [...known, ...fresh, ...chosen.filter((value) => !known.includes(value) && !fresh.includes(value))];
    return ranks.of[name].filter((value) => value in counts || chosen.includes(value));
  };

  const drawFacet = (box, counts) => {
    const name = box.dataset.filter;
    const chosen = state.filters[name];
    const lone = name === "publisher" && !chosen.length && Object.keys(counts || {}).length < 2;
    const values = orderOf(name, chosen, counts || {});
    const kept = values.filter((value, place) => wide.has(name) || place < FACETS || chosen.includes(value));
    const rows = kept.map((value) => facet(box, value, counts ? counts[value] || (value in counts ? null : 0) : null));
    const all = Object.assign(element("button", "further", `All ${values.length.toLocaleString("en")}`), { type: "button" });
    all.addEventListener("click", () => { wide.add(name); drawFacet(box, counts); });
    box.querySelector("ul").replaceChildren(...rows);
    box.querySelector("ul").classList.toggle("long", kept.length > 2 * FACETS);
    box.querySelectorAll("button").forEach((old) => old.remove());
    if (kept.length < values.length) box.append(all);
    box.hidden = lone || !rows.length;
  };

  const drawFacets = (found) => {
    namesButton.hidden = !(found && found.wanting);
    if (found && found.wanting) namesButton.textContent = `Show the names in these reports (${(found.wanting / 1e6).toFixed(1)} MB)`;
    const boxes = [...filterForm.querySelectorAll("fieldset")];
    const focused = document.activeElement && document.activeElement.matches("input[type=checkbox]") && document.activeElement;
    boxes.forEach((box) => drawFacet(box, found ? found.counts[box.dataset.filter] : null));
    filterForm.hidden = namesButton.hidden && boxes.every((box) => box.hidden);
    const chosen = Object.values(state.filters).flat().length;
    narrowLabel.textContent = chosen ? `Narrow the results (${chosen} chosen)` : "Narrow the results";
    if (!focused) return;
    const again = [...filterForm.elements].find((tick) => tick.name === focused.name && tick.value === focused.value);
    if (again) again.focus();
  };

  const card = ({ row, as }) => {
    const item = element("li");
    item.dataset.kind = row.kind.name;
    const there = link(`${root}${row.id}.html`, "");
    there.append(element("bdi", "", row.name));
    const about = element("span", "see", as ? `${row.kind.label}, spelt ${shared.quoted(as)} ` : `${row.kind.label} `);
    if (row.native) about.append(element("bdi", "", row.native, row.direction));
    item.append(there, about, element("span", "count", counted(row.mentions, "mention", "mentions")));
    return item;
  };

  const drawCards = (found) => {
    cards.replaceChildren(...found.map(card));
    cards.hidden = !found.length;
  };

  const suggest = (text, changes) => {
    const item = element("li");
    const there = link(addressOf({ ...state, ...changes }), text);
    there.addEventListener("click", (event) => { event.preventDefault(); go(changes); });
    item.append(there);
    return item;
  };

  const drawEmpty = (title, rows) => {
    const ways = element("ul");
    ways.append(...rows);
    empty.replaceChildren(element("p", "", title), ...(rows.length ? [ways] : []));
    empty.hidden = false;
  };

  const drawNothing = async ({ absent }) => {
    const mine = shown;
    const names = await namesFor(state.q);
    if (mine !== shown) return;
    const rows = [];
    const { phrases, words } = partsOf(state.q);
    if (isFiltered(state) && state.q) rows.push(suggest(`Search all reports for ${state.q}`, without(state)));
    if (phrases.length) rows.push(suggest(`Search for the words apart, without quotes`, { q: [...phrases, words].join(" ").trim() }));
    for (const { row } of names) {
      const kind = filterNames.includes(row.kind.name) && row.mentions && row.kind.name;
      if (kind) rows.push(suggest(`Reports that name ${row.name}, in any spelling`, { q: "", filters: { ...without(state).filters, [kind]: [row.id] } }));
    }
    const why = absent.length ? ` holds ${absent.map((term) => `“${term}”`).join(" or ")}` : " answers";
    drawEmpty(`No report${why}. You could try:`, rows.length ? rows : [element("li", "", "other words, or fewer")]);
  };

  const namesFor = async (query) => {
    const found = new Map();
    for (const text of [query, ...query.split(/\s+/)].filter((text) => text.length > 2)) {
      for (const answer of await shared.lookup(text.replace(/["“”]/g, ""), 3)) found.set(answer.row.id, answer);
    }
    return [...found.values()].slice(0, 5);
  };

  const drawMore = async () => {
    const mine = shown;
    const next = mine.results.slice(mine.drawn, mine.drawn + PAGE);
    mine.drawn += next.length;
    const items = await Promise.all(next.map((parts) => shared.resultOf(parts, mine.wanted)));
    if (mine !== shown) return;
    list.append(...items);
    more.hidden = mine.drawn >= mine.results.length;
  };

  const clear = () => {
    shown = null;
    list.replaceChildren();
    more.hidden = orderLabel.hidden = empty.hidden = true;
  };

  /* How the names chosen as filters may be printed: marked in the results like phrases. */
  const chosenSpellings = async () => {
    const ids = filterNames.filter((name) => name !== "year" && name !== "publisher").flatMap((name) => state.filters[name]);
    return (await Promise.all(ids.map((id) => shared.spellingsOf(id, nameOf(id))))).flat();
  };

  const drawResults = async (found, current) => {
    const spellings = await chosenSpellings();
    if (!current()) return;
    clear();
    shown = { ...found, drawn: 0, wanted: [...partsOf(state.q).phrases, ...spellings] };
    status.textContent = found.results.length ? counted(found.results.length, "report", "reports") : "";
    orderLabel.hidden = found.results.length < 2;
    if (found.results.length) await drawMore();
    else await drawNothing(found);
  };

  const drawUnavailable = (why) => {
    clear();
    filterForm.hidden = true;
    status.textContent = "";
    drawEmpty(why, []);
  };

  const OFFLINE = "Opened from a disk, this copy finds names in any spelling. It was made without what the search for words needs there; from a web address both work.";
  const NONE = "This archive holds no reports yet.";
  const BROKEN = "The index of the reports could not be loaded. Names can be found all the same, and every report is listed under Reports.";

  /* ---- one turn ---- */

  /* The form of names is the last to be drawn. */
  const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
  const busy = (still) => filterForm.setAttribute("aria-busy", still);

  const run = async () => {
    const mine = ++turn;
    const wanted = state;
    const current = () => mine === turn;
    busy(true);
    try {
      await shared.load();
      if (!current()) return;
      const cardsFor = wanted.q ? (await shared.lookup(wanted.q, 3)).filter((answer) => answer.level < 3) : [];
      if (!current()) return;
      drawCards(cardsFor);
      if (!hasWords(wanted.q) && !isFiltered(wanted)) return drawIntroduction();
      if (!list.children.length) status.textContent = "Searching…";
      const index = await ready();
      if (!current()) return;
      if (!index) return drawUnavailable(shared.names.reports ? OFFLINE : NONE);
      const query = queryOf(wanted.q);
      const found = await index.find(query, wanted);
      if (!current()) return;
      await drawResults(found, current);
      const count = async (gladly) => {
        const counted = await index.counts(query, found, wanted.filters, { gladly, sparing: !roomy.matches });
        if (current()) drawFacets(found.results.length > 1 || isFiltered(wanted) ? counted : null);
      };
      namesButton.onclick = () => count(true);
      await count(false);
    } catch (fault) {
      await pause(LEAVING);
      if (!current()) return;
      drawUnavailable(BROKEN);
      console.warn(fault);
    } finally {
      if (current()) busy(false);
    }
  };

  const drawIntroduction = () => {
    clear();
    drawFacets(null);
    status.textContent = "";
    if (!shared.names.reports) return drawUnavailable(NONE);
    drawEmpty("Search for:", [
      element("li", "", "a name in any spelling: its page and every report that names it"),
      element("li", "", "words of the reports: all must occur, in any order"),
      element("li", "", "“a phrase in quotes”: these words, in this order"),
    ]);
  };

  /* ---- what readers do ---- */

  let typing = 0;
  const settle = (replace) => {
    clearTimeout(typing);
    if (input.value.trim() !== state.q) go({ q: input.value.trim() }, { replace });
  };
  input.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(settle, PAUSE, true);
  });
  input.addEventListener("focus", () => ready().then((index) => index && index.warm()).catch(() => {}), { once: true });
  form.addEventListener("submit", (event) => { event.preventDefault(); settle(false); });
  filterForm.addEventListener("submit", (event) => event.preventDefault());
  filterForm.addEventListener("change", () => {
    const values = (name) => [...filterForm.querySelectorAll("input:checked")].filter((tick) => tick.name === name).map((tick) => tick.value);
    go({ filters: Object.fromEntries(filterNames.map((name) => [name, values(name)])) });
  });
  order.addEventListener("change", () => go({ sort: order.value }));
  more.addEventListener("click", async () => {
    const first = list.children.length;
    await drawMore();
    if (list.children[first]) list.children[first].querySelector("a").focus();
  });
  addEventListener("popstate", () => { state = readAddress(); reflect(); run(); });
  /* Loading ends with a fault shortly before a page is left: that search is made again when the reader comes back. */
  addEventListener("pagehide", () => { turn += 1; });
  addEventListener("pageshow", ({ persisted }) => { if (persisted && filterForm.getAttribute("aria-busy") === "true") run(); });
  const fold = () => { narrow.open = roomy.matches; };
  roomy.addEventListener("change", fold);
  fold();
  page.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.closest("#q, .names, .results")) return;
    const stops = [input, ...page.querySelectorAll(".names a, .results a")];
    const next = stops[stops.indexOf(event.target) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
  reflect();
  run();
})();

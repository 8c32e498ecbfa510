/* The index of the reports: shards by time, each an index of Pagefind's, asked together as if they were one.
   A shard's pages are named by their place in it, in order of date, so that years, names and order are our own affair.
   Loaded by search.js. */
"use strict";
(() => {
  const shared = self.readingroom;
  const { root, script } = shared;
  const BASE = "https://index.invalid/";
  const BEYOND = "\u{10ffff}";
  const NONE = { filters: { nothing: "-" } };
  const FREE = 262144;
  const FEW = 6;
  const onDisk = location.protocol === "file:";
  const folders = new Map();
  const early = new Map();
  let index = null;
  let first = null;
  let pagefind = null;

  /* ---- files ---- */

  const open = async (path) => {
    if (onDisk) return shared.offline.open(path, (folders.get(path.split("/")[0]) || {}).together);
    const answer = await fetch(`${root}pagefind/${path}`);
    if (!answer.ok) throw new Error(`pagefind/${path}: ${answer.status}`);
    return answer.arrayBuffer();
  };

  const openEarly = (path) => {
    if (!early.has(path)) early.set(path, open(path));
    early.get(path).catch(() => early.delete(path));
    return early.get(path);
  };

  /* What Pagefind asks for in place of fetch(): one module for all shards, and no list of languages to be loaded.
     The browser unpacks several times faster than Pagefind would. */
  const answer = async (address) => {
    const path = String(address).replace(BASE, "").replace(/[?#].*$/, "");
    const [folder, name] = path.split("/");
    if (name === "pagefind-entry.json") return new Response(JSON.stringify(folders.get(folder).entry));
    if (name.startsWith("wasm.")) return new Response(await shared.unpacked(await openEarly(index.wasm)));
    return new Response(await shared.unpacked(await (early.has(path) ? early.get(path) : open(path))));
  };

  /* ---- shards ---- */

  /* The first instance loads the module that all share; the others wait for it, their lists of words on the way. */
  const start = async (shard) => {
    const [{ hash }] = Object.values(shard.entry.languages);
    openEarly(`${shard.folder}/pagefind.${hash}.pf_meta`);
    if (first) await first;
    const made = pagefind.createInstance({ basePath: `${BASE}${shard.folder}/`, baseUrl: "/", noWorker: true });
    const ready = made.search("").then(() => made);
    first = first || ready;
    return ready;
  };

  const engineOf = (shard) => {
    shard.engine = shard.engine || start(shard);
    shard.engine.catch(() => { shard.engine = first = null; });
    return shard.engine;
  };

  const count = async (engine, term) => (await engine.search(term, NONE)).unfilteredResultCount;

  /* Pagefind answers a word that nothing begins with by the longest word it begins with. So a shard may answer
     where the whole archive would not: found here by a longer word being answered alike. */
  const holds = async (engine, word) => {
    if (await count(engine, `"${word}"`)) return true;
    await engine.preload(word + BEYOND);
    const held = await count(engine, word);
    if (!held) return false;
    if (held !== (await count(engine, word + BEYOND))) return true;
    const marks = async (term) => (await engine.search(term)).results.map(({ id, words }) => `${id}:${words}`).sort().join(" ");
    return (await marks(word)) !== (await marks(word + BEYOND));
  };

  /* The reports of a shard that answer every phrase and hold every word, each with Pagefind's results for it;
     `absent` are the terms that none holds. */
  const ask = async (shard, { phrases, words }) => {
    const engine = await engineOf(shard);
    const quoted = phrases.map((phrase) => `"${phrase}"`);
    const held = await Promise.all([...quoted.map((term) => count(engine, term)), ...words.map((word) => holds(engine, word))]);
    const absent = [...phrases, ...words].filter((_, place) => !held[place]);
    if (absent.length) return { hits: [], absent };
    const terms = [...quoted, ...(words.length ? [words.join(" ")] : [])];
    const answers = await Promise.all((terms.length ? terms : [null]).map((term) => engine.search(term)));
    const byId = answers.map(({ results }) => new Map(results.map((result) => [result.id, result])));
    const hits = answers[answers.length - 1].results
      .filter(({ id }) => byId.every((known) => known.has(id)))
      .map(({ id, score }) => hit(shard, Number(id), score, byId.map((known) => known.get(id))));
    return { hits, absent };
  };

  const hit = (shard, number, score, parts) => ({ shard, number, score, parts, year: shard.yearOf[number], place: shard.start + number });

  const asked = (shard, query) => {
    const key = JSON.stringify(query);
    if (shard.key !== key) Object.assign(shard, { key, answer: ask(shard, query) });
    shard.answer.catch(() => { shard.key = null; });
    return shard.answer;
  };

  /* Only reports that hold all names chosen; null for a shard that need not be asked. */
  const narrowed = async (shard, query, filters) => {
    const chosen = Object.entries(filters).filter(([name]) => name !== "year").flatMap(([name, values]) => values.map((value) => [name, value]));
    const holders = await Promise.all(chosen.map(([name, value]) => shard.facets.holding(name, value)));
    if (holders.some((numbers) => !numbers.size)) return null;
    const { hits, absent } = await asked(shard, query);
    return { hits: hits.filter(({ number }) => holders.every((numbers) => numbers.has(number))), absent };
  };

  const hitsIn = async (among, query, filters) =>
    (await Promise.all(among.map((shard) => narrowed(shard, query, filters)))).filter(Boolean);

  const ORDERS = {
    "": (one, other) => other.score - one.score || other.place - one.place,
    date: (one, other) => (one.year === "undated") - (other.year === "undated") || other.place - one.place,
    oldest: (one, other) => (one.year === "undated") - (other.year === "undated") || one.place - other.place,
  };

  /* ---- what search.js asks ---- */

  /* The terms that no report holds, whatever was chosen. */
  const absentOf = async (query) => {
    const terms = [...query.phrases, ...query.words];
    const answers = terms.length ? await Promise.all(index.shards.map((shard) => asked(shard, query))) : [];
    return terms.filter((term) => answers.every(({ absent }) => absent.includes(term)));
  };

  /* The reports that answer, in order; `absent` says why where none does. */
  const find = async (query, { sort, filters }) => {
    const years = filters.year || [];
    const among = index.shards.filter((shard) => !years.length || shard.years.some(([year]) => years.includes(year)));
    const answers = await hitsIn(among, query, filters);
    const wide = answers.flatMap(({ hits }) => hits);
    const hits = (years.length ? wide.filter(({ year }) => years.includes(year)) : [...wide]).sort(ORDERS[sort]);
    const absent = hits.length ? [] : await absentOf(query);
    return { hits, wide, absent, narrow: years.length > 0, results: hits.map(({ parts }) => parts) };
  };

  /* How many of the reports found are of each year and hold each name: {filter: {value: number}}. The years are those
     there would be without the years chosen, null for one that was not asked. `wanting` is set, and names are not
     counted, where that would load more bytes than one may unasked (fewer where they are not shown at once). */
  const counts = async (query, found, filters, { gladly = false, sparing = false } = {}) => {
    const few = index.shards.length <= FEW;
    const wide = few && found.narrow ? (await hitsIn(index.shards, query, filters)).flatMap(({ hits }) => hits) : found.wide;
    const counted = { year: {} };
    if (found.narrow && !few) for (const year of index.shards.flatMap(({ years }) => years.map(([name]) => name))) counted.year[year] = null;
    for (const { year } of wide) counted.year[year] = (counted.year[year] || 0) + 1;
    const held = new Map();
    for (const { shard } of found.hits) held.set(shard, new Uint8Array(shard.yearOf.length));
    for (const { shard, number } of found.hits) held.get(shard)[number] = 1;
    const wanting = [...held.keys()].reduce((sum, { facets }) => sum + facets.wanting(), 0);
    if (wanting > (sparing ? FREE / 4 : FREE) && !gladly) return { counts: counted, wanting };
    await Promise.all([...held].map(([shard, marked]) => shard.facets.count(marked, counted)));
    return { counts: counted, wanting: 0 };
  };

  /* Makes ready for a search that is about to be typed. */
  const warm = () => {
    if (index.shards.length <= FEW) for (const shard of index.shards) engineOf(shard).catch(() => {});
  };

  const load = async () => {
    const scripts = ["static/facets.js", `pagefind/shards.js${onDisk ? "" : `?${Date.now()}`}`];
    await Promise.all([...scripts, ...(onDisk ? ["static/offline.js"] : [])].map(script));
    index = shared.index;
    if (!index.shards.length || (onDisk && !index.shards[0].together)) return null;
    const [wasm] = await Promise.all([openEarly(index.wasm).catch(() => null), script(`pagefind/${index.program}`)]);
    if (onDisk && !wasm) return null;
    pagefind = shared.pagefind(answer, `${BASE}pagefind.js`);
    first = null;
    let begin = 0;
    for (const shard of index.shards) {
      const yearOf = shard.years.flatMap(([year, number]) => Array(number).fill(year));
      Object.assign(shard, { start: begin, yearOf, facets: shared.facetsOf(shard.names, open) });
      folders.set(shard.folder, shard);
      begin += yearOf.length;
    }
    return { find, counts, warm };
  };

  /* Gives {find, counts, warm}; null where the archive was built without what this needs. */
  let opened = null;
  shared.openIndex = () => {
    opened = opened || load();
    opened.catch(() => { opened = null; });
    return opened;
  };
})();

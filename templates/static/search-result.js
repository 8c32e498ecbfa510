/* One report among the results of a search: its headline, and the paragraphs that hold the words, each
   linked to its place. Loaded by search.js. Every text is set as text. */
"use strict";
(() => {
  const shared = self.readingroom;
  const { element, root } = shared;
  const { plain, wordsOf, placesOf } = shared.highlight;
  const PASSAGES = 3;
  const WINDOW = 300;

  const plainWords = (text) => wordsOf(text).map((word) => word[2]).join(" ");
  const queryOf = (runs) => runs.map((run) => (run.length > 1 ? `"${run.join(" ")}"` : run[0])).join(" ");

  /* The deck and paragraphs of a report as [anchor, text]. Pagefind ends a passage without a full stop
     with one of its own; the anchor holds the text as printed, but not that of the deck. */
  const passagesOf = (data) => {
    const words = data.content.split(/\s+/);
    const anchors = data.anchors.filter((anchor) => /^(?:dek|p\d+)$/.test(anchor.id));
    anchors.sort((one, other) => one.location - other.location);
    return anchors.map((anchor, place) => {
      const end = place + 1 < anchors.length ? anchors[place + 1].location : words.length;
      return [anchor.id, anchor.text || words.slice(anchor.location, end).join(" ").replace(/\.$/, "")];
    });
  };

  /* What to mark, as runs of plain words: the phrases asked for, and every form of a word that was found. */
  const runsOf = (data, locations, phrases) => {
    const words = data.content.split(/\s+/);
    const found = [...new Set(locations.map((at) => plainWords(words[at] || "")))];
    const text = ` ${plainWords(data.content)} `;
    const wanted = phrases.map(plainWords).filter((phrase) => text.includes(` ${phrase} `));
    const alone = found.filter((word) => !wanted.some((phrase) => ` ${phrase} `.includes(` ${word} `)));
    return [...wanted, ...alone].filter(Boolean).map((run) => run.split(" "));
  };

  /* The part of a passage to show: the stretch of WINDOW characters with most hits, cut at words. */
  const stretchOf = (text, places) => {
    if (text.length <= WINDOW * 1.2) return [0, text.length];
    const held = (from) => places.filter(([start, end]) => start >= from && end <= from + WINDOW).length;
    const best = places.reduce((kept, [start]) => (held(start) > held(kept) ? start : kept), places[0][0]);
    const wished = Math.max(0, Math.min(best - 60, text.length - WINDOW));
    const start = wished && text.indexOf(" ", wished) + 1;
    const cut = text.lastIndexOf(" ", start + WINDOW);
    return [start, start + WINDOW >= text.length || cut <= best ? text.length : cut];
  };

  /* The text from `start` to `end` with its hits in mark elements. */
  const marked = (text, places, [start, end] = [0, text.length]) => {
    const holder = element("bdi");
    let at = start;
    if (start) holder.append("… ");
    for (const [from, to] of places.filter((place) => place[0] >= start && place[1] <= end)) {
      holder.append(text.slice(at, from), element("mark", "", text.slice(from, to)));
      at = to;
    }
    holder.append(text.slice(at, end));
    if (end < text.length) holder.append(" …");
    return holder;
  };

  /* The passages with most different hits, at most PASSAGES, in reading order. */
  const hitsOf = (passages, runs) =>
    passages
      .map(([anchor, text], place) => {
        const places = placesOf(text, runs);
        const kinds = new Set(places.map(([start, end]) => plain(text.slice(start, end))));
        return { anchor, text, place, places, weight: kinds.size * 100 + places.length };
      })
      .filter((hit) => hit.places.length)
      .sort((one, other) => other.weight - one.weight || one.place - other.place)
      .slice(0, PASSAGES)
      .sort((one, other) => one.place - other.place);

  /* "20180118" as "18 January 2018"; the index holds the date so that no search for "18" finds it. */
  const dateOf = (stamp = "") => {
    const [, year, month, day] = stamp.match(/^(\d{4})(\d\d)?(\d\d)?/) || [];
    if (!Number(year)) return "undated";
    const form = { year: "numeric", month: month && "long", day: day && "numeric", timeZone: "UTC" };
    return new Date(Date.UTC(year, (month || 1) - 1, day || 1)).toLocaleDateString("en-GB", form);
  };

  const linkTo = (address, runs, anchor, name) => {
    const made = element("a", name);
    made.href = address + (runs.length ? `?q=${encodeURIComponent(queryOf(runs))}` : "") + anchor;
    return made;
  };

  const excerptOf = (address, hit, runs) => {
    const made = element("p", "excerpt");
    const reference = linkTo(address, runs, `#${hit.anchor}`, "ref");
    reference.textContent = hit.anchor === "dek" ? "deck" : `¶${hit.anchor.slice(1)}`;
    made.append(reference, " ", marked(hit.text, hit.places, stretchOf(hit.text, hit.places)));
    return made;
  };

  const metaOf = (data) => {
    const made = element("p", "meta", dateOf(data.meta.date));
    for (const name of data.filters.publisher || []) made.append(", ", element("bdi", "", name));
    return made;
  };

  /* `parts` are Pagefind's results for this report, one for each part of the query. */
  shared.resultOf = async (parts, phrases) => {
    let data = null;
    const locations = [];
    for (const part of parts) {
      data = await part.data();
      locations.push(...data.locations);
    }
    const runs = runsOf(data, locations, phrases);
    const address = root + data.raw_url.replace(/^\/+/, "");
    const title = data.meta.title || data.raw_url;
    const there = linkTo(address, runs, "", "what");
    there.append(marked(title, placesOf(title, runs)));
    const heading = element("h2");
    heading.append(there);
    const item = element("li", "result");
    item.append(heading, metaOf(data), ...hitsOf(passagesOf(data), runs).map((hit) => excerptOf(address, hit, runs)));
    return item;
  };
})();

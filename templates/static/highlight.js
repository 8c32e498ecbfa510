/* On a report reached from the search (?q=…#p4): marks the words in the paragraph the link leads to, or
   in the whole text. Loaded by search-box.js only then. Changes no text: it wraps pieces of it. */
"use strict";
(() => {
  const shared = (self.readingroom = self.readingroom || {});

  /* Lower case without marks and apostrophes, for comparing printed words. */
  const plain = (text) => text.normalize("NFKD").replace(/[\p{M}'’‘ʼʿʾ`´]/gu, "").toLowerCase();

  /* The words of a text as [start, end, plain word]. */
  const wordsOf = (text) =>
    [...text.matchAll(/[\p{L}\p{N}\p{M}][\p{L}\p{N}\p{M}'’‘ʼʿʾ`´]*/gu)].map((found) => [
      found.index, found.index + found[0].length, plain(found[0]),
    ]);

  /* A query cut into runs of words: each word by itself, each quoted phrase as one. */
  const runsOf = (query) => {
    const runs = [];
    const rest = query.replace(/[“”„«»]/g, '"').replace(/"([^"]*)"/g, (whole, phrase) => {
      runs.push(wordsOf(phrase).map((word) => word[2]));
      return " ";
    });
    for (const word of wordsOf(rest)) runs.push([word[2]]);
    return runs.filter((run) => run.length);
  };

  /* Where in a text the runs stand, as [start, end], in order and without overlaps. */
  const placesOf = (text, runs) => {
    const words = wordsOf(text);
    const places = [];
    for (let at = 0; at < words.length; at += 1) {
      const run = runs.find((wanted) => wanted.every((word, step) => words[at + step] && words[at + step][2] === word));
      if (!run) continue;
      places.push([words[at][0], words[at + run.length - 1][1]]);
      at += run.length - 1;
    }
    return places;
  };

  /* Wraps one stretch of a passage in mark elements, one in each text node it touches. */
  const wrap = (nodes, start, end) => {
    for (const { node, from } of nodes) {
      const first = Math.max(start - from, 0);
      const last = Math.min(end - from, node.data.length);
      if (first >= last) continue;
      const piece = node.splitText(first);
      piece.splitText(last - first);
      const mark = document.createElement("mark");
      piece.replaceWith(mark);
      mark.append(piece);
    }
  };

  const textNodes = (passage) => {
    const walker = document.createTreeWalker(passage, NodeFilter.SHOW_TEXT);
    const nodes = [];
    for (let from = 0; walker.nextNode(); from += walker.currentNode.data.length) {
      nodes.push({ node: walker.currentNode, from });
    }
    return nodes;
  };

  const highlight = (passage, runs) => {
    for (const [start, end] of placesOf(passage.textContent, runs).reverse()) {
      wrap(textNodes(passage), start, end);
    }
  };

  const target = () => document.getElementById(decodeURIComponent(location.hash.slice(1)));

  shared.highlight = { plain, wordsOf, runsOf, placesOf };
  const query = new URLSearchParams(location.search).get("q") || "";
  const runs = runsOf(query);
  if (!runs.length || !document.querySelector("article")) return;
  const led = target();
  const passages = led && led.closest("article [data-pagefind-body]")
    ? [led] : document.querySelectorAll("article [data-pagefind-body]");
  for (const passage of passages) highlight(passage, runs);
  const first = passages[0] === led && led.querySelector("mark");
  /* The browser goes to the paragraph when the page is complete: only then is it known what is in view. */
  const bring = () => {
    const { top, bottom } = first.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) first.scrollIntoView({ block: "center" });
  };
  const settle = () => requestAnimationFrame(() => requestAnimationFrame(bring));
  if (first && document.readyState === "complete") settle();
  else if (first) addEventListener("load", settle, { once: true });
})();

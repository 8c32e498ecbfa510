/* Names from Arabic turned into keys, by the same rules as src/readingroom/romanise.py.
   readingroomRomanise(rules) takes the content of romanisation.json; it gives {fold, key, skeleton}. */
function readingroomRomanise(rules) {
  "use strict";
  const shapes = new Map();
  for (const [from, to] of [["apostrophes", "'"], ["hyphens", "-"], ["quotes", '"']]) {
    for (const character of rules[from]) shapes.set(character, to);
  }
  const letters = new Map(Object.entries(rules.letters));
  const wordTable = new Map(Object.entries(rules.words));
  const articles = new Set(rules.articles);
  const stages = {};
  for (const stage of ["first", "later", "inner", "word", "key", "skeleton", "joined"]) {
    stages[stage] = rules[stage].map(([pattern, replacement]) => [new RegExp(pattern, "g"), replacement]);
  }

  function plain(character) {
    if (/[\p{Mn}\p{Cf}]/u.test(character)) return "";
    if (/[\p{Z}\t\n\v\f\r]/u.test(character)) return " ";
    const lower = character.toLowerCase();
    const letter = letters.has(lower) ? letters.get(lower) : lower;
    return shapes.get(letter) || letter;
  }

  function fold(text) {
    let folded = "";
    for (const character of text) {
      folded += shapes.get(character) || Array.from(character.normalize("NFKD"), plain).join("");
    }
    return folded.split(/ +/).filter(Boolean).join(" ");
  }

  function words(name) {
    const found = (name.match(/[a-z0-9']+/g) || []).map((word) => word.replace(/'/g, "")).filter(Boolean);
    const kept = [];
    let start = "first";
    found.forEach((word, place) => {
      if (articles.has(word) && place < found.length - 1) {
        start = "bare";
      } else {
        kept.push([word, start, place < found.length - 1 ? "inner" : "last"]);
        start = "later";
      }
    });
    return kept;
  }

  function apply(stage, word) {
    return stages[stage].reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), word);
  }

  function sounds([word, start, end]) {
    if (start !== "bare") word = apply(start, word);
    if (wordTable.has(word)) word = wordTable.get(word);
    if (end === "inner") word = apply("inner", word);
    return apply("word", word);
  }

  /* Arabic words in Latin letters, consonant by consonant, the article apart. */
  function latin(folded) {
    return folded.replace(/[\u0621-\u064a\u067e-\u06d3]+/g, (word) => {
      const article = word.startsWith("ال") && word.length > 3;
      const letters = Array.from(article ? word.slice(2) : word, (letter) => rules.arabic[letter] || "");
      return (article ? "al-" : "") + letters.join("");
    });
  }

  function joined(folded, stage) {
    return apply("joined", words(folded).map((word) => apply(stage, sounds(word))).join(""));
  }

  return {
    fold,
    key: (name) => joined(fold(name), "key"),
    skeleton: (name) => joined(latin(fold(name)), "skeleton"),
  };
}

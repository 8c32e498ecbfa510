// Files of the search index for pages opened from disk: they come from scripts, which may be loaded there.
"use strict";
(() => {
  const { script } = self.readingroom;
  const taken = new Map();
  const loading = new Map();

  function load(pack) {
    if (!loading.has(pack)) loading.set(pack, script(`pagefind/${pack}`));
    loading.get(pack).catch(() => loading.delete(pack));
    return loading.get(pack);
  }

  // Which script of its folder a file is in (pack_of in offline.py): reports share one, other files stand alone.
  function packOf(name, together) {
    const report = name.match(/^fragment\/(\d+)\./);
    return report ? `fragment-${Math.floor(report[1] / together)}` : name.replace(/\.[^.]*$/, "").replace("/", "-");
  }

  function bytes(text) {
    const binary = atob(text);
    const array = new Uint8Array(binary.length);
    for (let index = 0; index < binary.length; index += 1) array[index] = binary.charCodeAt(index);
    return array;
  }

  // Gives the bytes of a file by its path below pagefind/, null if there is none.
  async function open(path, together) {
    const [folder, ...rest] = path.split("/");
    if (!taken.has(path)) await load(`${folder}/offline/${packOf(rest.join("/"), together)}.js`);
    return taken.has(path) ? bytes(taken.get(path)) : null;
  }

  self.readingroom.offline = {
    open,
    take(files) { for (const [name, text] of Object.entries(files)) taken.set(name, text); },
  };
})();

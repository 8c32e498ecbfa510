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

  // FNV-1a, 32 bits, of the name's UTF-8 bytes: which pack of a shard a file is in (offline.py packs by the same hash)
  function packOf(name, groups) {
    let value = 2166136261;
    for (const byte of new TextEncoder().encode(name)) value = Math.imul(value ^ byte, 16777619) >>> 0;
    return value % groups;
  }

  function bytes(text) {
    const binary = atob(text);
    const array = new Uint8Array(binary.length);
    for (let index = 0; index < binary.length; index += 1) array[index] = binary.charCodeAt(index);
    return array;
  }

  // Gives the bytes of a file by its path below pagefind/, null if there is none; `groups` counts its shard's packs.
  async function open(path, groups) {
    const [folder, ...rest] = path.split("/");
    const name = rest.join("/");
    const pack = groups ? packOf(name, groups) : name.replace(/\.facets$/, "");
    if (!taken.has(path)) await load(`${folder}/offline/${pack}.js`);
    return taken.has(path) ? bytes(taken.get(path)) : null;
  }

  self.readingroom.offline = {
    open,
    take(files) { for (const [name, text] of Object.entries(files)) taken.set(name, text); },
  };
})();

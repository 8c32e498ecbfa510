// Pagefind for pages opened from disk: its files come from the scripts in pagefind/offline/.
"use strict";
(() => {
  const base = "https://offline.invalid/pagefind/";
  const taken = new Map();
  const loading = new Map();

  function load(url) {
    if (!loading.has(url)) {
      loading.set(url, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = url;
        script.onload = resolve;
        script.onerror = () => { loading.delete(url); reject(new Error(`cannot load ${url}`)); };
        document.head.append(script);
      }));
    }
    return loading.get(url);
  }

  // FNV-1a, 32 bits, of the name's UTF-8 bytes: which pack a file is in (offline.py packs by the same hash)
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

  // Gives Pagefind's API, as import() would over http; `root` leads to the site's root.
  async function offlinePagefind(root) {
    await load(`${root}pagefind/offline/program.js`);
    const { offline } = self.readingroom;
    const known = new Set(offline.files);
    offline.take = (files) => { for (const [name, text] of Object.entries(files)) taken.set(name, text); };
    async function fetchFromScripts(request) {
      const name = decodeURIComponent(String(request).replace(base, "").replace(/[?#].*$/, ""));
      if (!known.has(name)) return new Response(null, { status: 404 });
      if (!taken.has(name)) await load(`${root}pagefind/offline/${packOf(name, offline.groups)}.js`);
      return new Response(bytes(taken.get(name)), { status: 200 });
    }
    const pagefind = offline.program(fetchFromScripts, `${base}pagefind.js`);
    await pagefind.options({ noWorker: true, basePath: base, baseUrl: "/" });
    return pagefind;
  }

  (self.readingroom = self.readingroom || {}).offlinePagefind = offlinePagefind;
})();

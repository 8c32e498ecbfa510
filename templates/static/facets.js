/* What a shard of the index can be narrowed by: for each name, the numbers of its reports. Written by facets.py:
   chunks of gzip around one line of JSON, [[filter, folder, rows], …], and numbers as distances of seven bits a byte. */
"use strict";
(() => {
  const shared = self.readingroom;
  const labels = new Map();

  const unpacked = async (bytes) => {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  };

  /* A row is [value, label], or a label that gives the value. */
  const rowOf = (row, folder) =>
    Array.isArray(row) ? row : [folder + row.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, ""), row];

  const decode = (bytes) => {
    let at = bytes.indexOf(10);
    const number = () => {
      let value = 0;
      for (let shift = 1; ; shift *= 128) {
        at += 1;
        value += (bytes[at] & 127) * shift;
        if (bytes[at] < 128) return value;
      }
    };
    const groups = JSON.parse(new TextDecoder().decode(bytes.subarray(0, at)));
    const rows = groups.flatMap(([filter, folder, all]) => all.map((row) => [filter, ...rowOf(row, folder)]));
    return new Map(rows.map(([filter, value, label]) => {
      let last = -1;
      labels.set(value, label);
      const numbers = Array.from({ length: number() }, () => (last += number() + 1));
      return [`${filter}\t${value}`, { filter, value, numbers }];
    }));
  };

  /* The facets of a shard, given its `{folder, chunks: [[first key, bytes], …]}` and how to open a file. */
  shared.facetsOf = ({ folder, chunks }, open) => {
    const loading = new Map();
    const load = (place) => {
      if (!loading.has(place)) loading.set(place, open(`${folder}/${place}.facets`).then(unpacked).then(decode));
      loading.get(place).catch(() => loading.delete(place));
      return loading.get(place);
    };
    return {
      /* How many bytes are still to be loaded before all can be counted. */
      wanting: () => chunks.reduce((sum, [, size], place) => sum + (loading.has(place) ? 0 : size), 0),

      /* The reports that hold a value of a filter. */
      async holding(filter, value) {
        const key = `${filter}\t${value}`;
        const place = chunks.filter(([first]) => first <= key).length - 1;
        const found = place < 0 ? null : (await load(place)).get(key);
        return new Set(found ? found.numbers : []);
      },

      /* Adds to `counts` how many of the reports that are marked 1 hold each value. */
      async count(marked, counts) {
        for (const facets of await Promise.all(chunks.map((_, place) => load(place)))) {
          for (const { filter, value, numbers } of facets.values()) {
            const held = numbers.reduce((sum, report) => sum + marked[report], 0);
            const known = (counts[filter] = counts[filter] || {});
            if (held) known[value] = (known[value] || 0) + held;
          }
        }
      },
    };
  };
  Object.assign(shared, { labels, unpacked });
})();

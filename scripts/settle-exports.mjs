// What a script exports, as values set at its end. esbuild gives each name two getters instead, which stand in for the live
// bindings of modules: they are made at every start, and gone through at every use of an import.

/**
 * The scripts, by their names, with settled exports. Positions in them stay what they are, as source maps need it.
 *
 * @param {ReadonlyMap<string, string>} scripts those of one program, as esbuild writes them
 */
export function settleExports(scripts) {
  refuseCircles(scripts);
  return new Map([...scripts].map(([name, text]) => [name, settled(name, text)]));
}

function settled(name, text) {
  const found = /__export\((\w+),\{([^{}]*)\}\);module\.exports=__toCommonJS\(\1\);/.exec(text);
  const end = text.lastIndexOf('//# sourceMappingURL=');
  if (found === null || end < 0) throw new Error(`${name} doesn't export as expected of esbuild`);
  const [live, , list] = found;
  const members = list.split(',').map((member) => {
    const [, exported, local] = /^([\w$]+):\(\)=>([\w$.]+)$/.exec(member) ?? [];
    if (local === undefined) throw new Error(`${name} exports ${member} in another way than expected of esbuild`);
    return isFixed(local, text) ? `${exported}:${local}` : `get ${exported}(){return ${local}}`;
  });
  const start = text.slice(0, found.index) + ' '.repeat(live.length) + text.slice(found.index + live.length, end);
  return `${start}module.exports={__esModule:!0,${members.join(',')}};\n${text.slice(end)}`;
}

/** Whether it is sure that the name has its value at the end of the script, and keeps it. No name of another script is. */
function isFixed(name, text) {
  if (name.includes('.')) return false;
  const local = name.replaceAll('$', '\\$');
  const count = (pattern) => [...text.matchAll(new RegExp(pattern, 'g'))].length;
  const assigned = count(`(?<![\\w$.#])${local}(?:=(?![=>])|\\+\\+|--|[-+*/%&|^?<>]+=(?!=))`);
  if (count(`(?:\\+\\+|--)${local}(?![\\w$])`) > 0) return false;
  if (count(`(?:function\\*?|class) ${local}(?![\\w$])`) > 0) return assigned === 0;
  const declaredFirst = count(`(?:var |let |,)${local}[,;]`) > 0;
  return assigned === 1 && !declaredFirst;
}

/** In a circle, somebody would see exports before they are set. */
function refuseCircles(scripts) {
  const done = new Set();
  const visit = (name, way) => {
    if (way.includes(name)) throw new Error(`scripts require each other in a circle: ${[...way, name].join(', ')}`);
    if (done.has(name)) return;
    // Those that are required behind a bracket wait until something is needed: `then(()=>__toESM(require(…)))`.
    for (const [, next] of scripts.get(name)?.matchAll(/[=;,]require\("\.\/([\w-]+)\.js"\)/g) ?? [])
      visit(next, [...way, name]);
    done.add(name);
  };
  for (const name of scripts.keys()) visit(name, []);
}

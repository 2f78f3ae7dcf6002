// Fails when less than 95 % of the lines or of the branches of src/ are covered, in all or in one file.
import { readFileSync } from 'node:fs';

const least = 95;
const sums = new Map();
let file;
for (const row of readFileSync(process.argv[2], 'utf8').split('\n')) {
  if (row.startsWith('SF:')) sums.set(file = row.slice(3), { LF: 0, LH: 0, BRF: 0, BRH: 0 });
  const found = /^(LF|LH|BRF|BRH):(\d+)$/.exec(row);
  if (found) sums.get(file)[found[1]] += Number(found[2]);
}
const all = { LF: 0, LH: 0, BRF: 0, BRH: 0 };
const low = [];
const share = (hit, of) => (of === 0 ? 100 : (100 * hit) / of);
for (const [name, sum] of sums) {
  if (!name.startsWith('src/')) continue;
  for (const key of Object.keys(all)) all[key] += sum[key];
  if (share(sum.LH, sum.LF) < least) low.push(`${name}: ${share(sum.LH, sum.LF).toFixed(1)} % of lines`);
}
const [lines, branches] = [share(all.LH, all.LF), share(all.BRH, all.BRF)];
console.log(`coverage of src: ${lines.toFixed(1)} % of lines, ${branches.toFixed(1)} % of branches`);
if (lines < least || branches < least || all.LF === 0) low.push('too little in all');
for (const line of low) console.error(line);
process.exit(low.length === 0 ? 0 : 1);

// What the field's tools say of circuits that were made here: node ours.mjs FOLDER. Each folder in it has a constraint
// system, a witness, keys, proofs and public values of ours; one process for all, for starting costs more than the work.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as snarkjs from 'snarkjs';

const [folder] = process.argv.slice(2);
const systems = { groth16: snarkjs.groth16, plonk: snarkjs.plonk };
const verdicts = {};
for (const name of readdirSync(folder)) {
    const at = file => join(folder, name, file);
    const json = file => JSON.parse(readFileSync(at(file)));
    const publics = json('public.json');
    const verdict = { fits: await snarkjs.wtns.check(at('c.r1cs'), at('w.wtns')), right: {}, wrong: {} };
    for (const system of Object.keys(systems)) {
        if (!existsSync(at(`${system}.zkey`))) continue;
        const [key, proof] = [json(`${system}.vk.json`), json(`${system}.proof.json`)];
        verdict.right[system] = await systems[system].verify(key, publics, proof);
        const others = [String(BigInt(publics[0]) + 1n), ...publics.slice(1)];
        verdict.wrong[system] = await systems[system].verify(key, others, proof);
        const made = await systems[system].prove(at(`${system}.zkey`), at('w.wtns'));
        writeFileSync(at(`${system}.made.json`), JSON.stringify(made));
    }
    verdicts[name] = verdict;
}
writeFileSync(join(folder, '..', 'verdicts.json'), JSON.stringify(verdicts));
// The curve's threads would keep the process.
process.exit(0);

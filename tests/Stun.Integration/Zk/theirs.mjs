// What the field's tools do in the tests of interoperability: node theirs.mjs STEP FOLDER. Each step reads and writes
// files in the folder, one circuit after the other, in one process: starting one costs more than the work.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as snarkjs from 'snarkjs';

const here = dirname(fileURLToPath(import.meta.url));
const [step, folder] = process.argv.slice(2);
const inputs = JSON.parse(readFileSync(join(here, 'inputs.json')));
const names = Object.keys(inputs);
const at = (name, file) => join(folder, name, file);
const json = (name, file) => JSON.parse(readFileSync(at(name, file)));
const save = (name, file, value) => writeFileSync(at(name, file), JSON.stringify(value));
// Under the modules, which no repository keeps: the compiler writes only below the folder that it is started in.
const out = 'node_modules/.circuits';
const systems = { groth16: snarkjs.groth16, plonk: snarkjs.plonk };

// Compiles all circuits and calculates their witnesses; for two of them it also makes keys, from powers of its own.
async function prepare() {
    const compiler = join(here, 'node_modules', 'circom2', 'cli.js');
    mkdirSync(join(here, out), { recursive: true });
    for (const name of names) {
        mkdirSync(join(folder, name), { recursive: true });
        // The compiler sees only the folder it is started in, and what it is told by relative paths.
        const done = spawnSync('node', [compiler, `circuits/${name}.circom`, '--r1cs', '--wasm', '-o', out],
            { cwd: here, encoding: 'utf8' });
        if (done.status !== 0) throw new Error(`${name}: ${done.stdout} ${done.stderr}`);
        writeFileSync(at(name, 'c.r1cs'), readFileSync(join(here, out, `${name}.r1cs`)));
        await snarkjs.wtns.calculate(inputs[name], join(here, out, `${name}_js`, `${name}.wasm`), at(name, 'w.wtns'));
    }
    const [first, ready] = [join(folder, 'first.ptau'), join(folder, 'ready.ptau')];
    const curve = await snarkjs.curves.getCurveFromName('bn128');
    await snarkjs.powersOfTau.newAccumulator(curve, 8, first);
    await snarkjs.powersOfTau.contribute(first, join(folder, 'second.ptau'), 'test', 'some chance');
    await snarkjs.powersOfTau.preparePhase2(join(folder, 'second.ptau'), ready);
    for (const name of ['publics', 'select']) {
        await snarkjs.zKey.newZKey(at(name, 'c.r1cs'), ready, at(name, 'fresh.zkey'));
        await snarkjs.zKey.contribute(at(name, 'fresh.zkey'), at(name, 'theirs.groth16.zkey'), 'test', 'more chance');
        await snarkjs.plonk.setup(at(name, 'c.r1cs'), ready, at(name, 'theirs.plonk.zkey'));
        for (const system of Object.keys(systems)) {
            save(name, `theirs.${system}.vk.json`,
                await snarkjs.zKey.exportVerificationKey(at(name, `theirs.${system}.zkey`)));
        }
    }
}

// Judges each proof of ours, with right and wrong public values, and makes one of its own from our key.
async function answer() {
    const verdicts = {};
    for (const name of names) {
        for (const system of Object.keys(systems)) {
            for (const kind of ['ours', 'theirs']) {
                if (!existsSync(at(name, `${kind}.${system}.proof.json`))) continue;
                const key = json(name, `${kind}.${system}.vk.json`);
                const proof = json(name, `${kind}.${system}.proof.json`);
                const publics = json(name, 'public.json');
                const verify = async (values, what) => {
                    try { return await systems[system].verify(key, values, what); } catch { return false; }
                };
                const verdict = { right: await verify(publics, proof), wrong: [] };
                if (publics.length > 0) {
                    verdict.wrong.push(await verify([String(BigInt(publics[0]) + 1n), ...publics.slice(1)], proof));
                }
                for (const bad of json(name, `${kind}.${system}.wrong.json`)) {
                    verdict.wrong.push(await verify(publics, bad));
                }
                verdicts[`${name}.${kind}.${system}`] = verdict;
                // snarkjs fails on keys of PLONK without public values, its own ones too.
                if (system === 'plonk' && publics.length === 0) continue;
                const made = await systems[system].prove(at(name, `${kind}.${system}.zkey`), at(name, 'w.wtns'));
                save(name, `made.${kind}.${system}.json`, made);
            }
        }
    }
    writeFileSync(join(folder, 'verdicts.json'), JSON.stringify(verdicts));
}

await (step === 'prepare' ? prepare() : answer());
// The curve's threads would keep the process.
process.exit(0);

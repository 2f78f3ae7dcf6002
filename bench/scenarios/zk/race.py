#!/usr/bin/env python3
"""The product's prover beside snarkjs, in turn, on this machine: race.py FOLDER CIRCUIT:SYSTEM:ROUNDS...

Prints one JSON line a run: who, circuit, system, CPU seconds of the whole process (user and system), seconds on the
clock, peak memory. Each run is a fresh process, its start included; rounds go A B C A B C, so that what disturbs one
disturbs all. "stun-avx2" is the product as it runs on a machine without AVX-512, "stun-plain" on one without any
vectors that it uses. FOLDER gets circuits, witnesses, keys and proofs. Needs a build and the modules of
tests/Stun.Integration/Zk.
"""
import json
import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
STUN = os.path.join(ROOT, "artifacts/bin/Stun/release/Stun.dll")
BENCH = os.path.join(ROOT, "artifacts/bin/Stun.Bench/release/Stun.Bench.dll")
SNARKJS = os.path.join(ROOT, "tests/Stun.Integration/Zk/node_modules/snarkjs/build/cli.cjs")

# How the runtime is told to leave out what a machine has.
NARROWER = {
    "stun": {},
    "stun-avx2": {"DOTNET_EnableAVX512": "0"},
    "stun-plain": {"DOTNET_EnableAVX512": "0", "DOTNET_EnableAVX2": "0"},
}


def measure(words, narrower=None):
    """Runs a process to its end and answers what the kernel has counted for it alone."""
    began = time.monotonic()
    child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                             env={**os.environ, **(narrower or {})})
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"{words}: {errors.decode()}")
    return {
        "cpu": round(usage.ru_utime + usage.ru_stime, 3),
        "clock": round(time.monotonic() - began, 3),
        "mib": round(usage.ru_maxrss / 1024),
    }


def say(who, circuit, system, verb, result):
    print(json.dumps({"who": who, "circuit": circuit, "system": system, "verb": verb, **result}), flush=True)


def main():
    folder = sys.argv[1]
    for word in sys.argv[2:]:
        circuit, system, rounds = word.split(":")
        base = os.path.join(folder, circuit)
        key, proof, public, vk = (f"{base}.{system}.{end}" for end in ("zkey", "proof.json", "public.json", "vk.json"))
        if not os.path.exists(base + ".wtns"):
            measure(["dotnet", BENCH, "zk-circuit", circuit.removeprefix("sq"), folder])
        if not os.path.exists(key):
            say("stun", circuit, system, "setup", measure(
                ["dotnet", STUN, "zk", "setup", base + ".r1cs", key, "--insecure", "--system", system,
                 "--verification-key", vk]))
        for _ in range(int(rounds)):
            say("snarkjs", circuit, system, "prove", measure(
                ["node", SNARKJS, system, "prove", key, base + ".wtns", proof, public]))
            # Theirs is judged by us, ours by them: a race of wrong proofs would be worth nothing.
            say("stun", circuit, system, "verify", measure(["dotnet", STUN, "zk", "verify", vk, public, proof]))
            for who, narrower in NARROWER.items():
                say(who, circuit, system, "prove", measure(
                    ["dotnet", STUN, "zk", "prove", key, base + ".wtns", "--proof", proof, "--public", public],
                    narrower))
                say("snarkjs", circuit, system, "verify", measure(
                    ["node", SNARKJS, system, "verify", vk, public, proof]))


main()

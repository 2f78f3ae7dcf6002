pragma circom 2.0.0;
include "../node_modules/circomlib/circuits/poseidon.circom";
include "../node_modules/circomlib/circuits/switcher.circom";
template Member(depth) {
    signal input leaf; signal input siblings[depth]; signal input turns[depth]; signal output root;
    component sides[depth]; component hashes[depth]; signal at[depth + 1]; at[0] <== leaf;
    for (var i = 0; i < depth; i++) {
        turns[i] * (turns[i] - 1) === 0;
        sides[i] = Switcher(); sides[i].sel <== turns[i]; sides[i].L <== at[i]; sides[i].R <== siblings[i];
        hashes[i] = Poseidon(2); hashes[i].inputs[0] <== sides[i].outL; hashes[i].inputs[1] <== sides[i].outR;
        at[i + 1] <== hashes[i].out;
    }
    root <== at[depth];
}
component main = Member(2);

pragma circom 2.0.0;
include "../node_modules/circomlib/circuits/mimc.circom";
template Cipher() { signal input x; signal input k; signal output out; component m = MiMC7(91);
    m.x_in <== x; m.k <== k; out <== m.out; }
component main = Cipher();

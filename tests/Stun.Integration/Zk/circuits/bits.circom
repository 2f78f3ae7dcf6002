pragma circom 2.0.0;
include "../node_modules/circomlib/circuits/bitify.circom";
template Bits() { signal input in; signal output weight; component bits = Num2Bits(40); bits.in <== in;
    var sum = 0; for (var i = 0; i < 40; i++) { sum += bits.out[i]; } weight <== sum; }
component main = Bits();

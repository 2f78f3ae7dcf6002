pragma circom 2.0.0;
include "../node_modules/circomlib/circuits/mux3.circom";
include "../node_modules/circomlib/circuits/bitify.circom";
template Select() { signal input table[8]; signal input index; signal output out;
    component bits = Num2Bits(3); bits.in <== index; component mux = Mux3();
    for (var i = 0; i < 8; i++) { mux.c[i] <== table[i]; } for (var i = 0; i < 3; i++) { mux.s[i] <== bits.out[i]; }
    out <== mux.out; }
component main { public [table] } = Select();

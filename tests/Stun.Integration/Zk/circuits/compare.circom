pragma circom 2.0.0;
include "../node_modules/circomlib/circuits/comparators.circom";
template Compare() { signal input a; signal input b; signal output less; signal output equal;
    component lt = LessThan(32); lt.in[0] <== a; lt.in[1] <== b; less <== lt.out;
    component eq = IsEqual(); eq.in[0] <== a; eq.in[1] <== b; equal <== eq.out; }
component main { public [b] } = Compare();

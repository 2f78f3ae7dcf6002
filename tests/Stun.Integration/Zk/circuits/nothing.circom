pragma circom 2.0.0;
template Nothing() { signal input a; signal input b; a * b === 391; signal c; c <== a * a; }
component main = Nothing();

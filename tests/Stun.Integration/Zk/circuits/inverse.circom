pragma circom 2.0.0;
template Inverse() { signal input a; signal input b; signal output q; signal inverse;
    inverse <-- 1 / b; inverse * b === 1; q <== a * inverse; }
component main { public [a] } = Inverse();

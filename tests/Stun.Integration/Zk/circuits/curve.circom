pragma circom 2.0.0;
include "../node_modules/circomlib/circuits/babyjub.circom";
template Add() { signal input x1; signal input y1; signal input x2; signal input y2; signal output x; signal output y;
    component on = BabyCheck(); on.x <== x1; on.y <== y1;
    component add = BabyAdd(); add.x1 <== x1; add.y1 <== y1; add.x2 <== x2; add.y2 <== y2;
    x <== add.xout; y <== add.yout; }
component main = Add();

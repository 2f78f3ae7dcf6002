pragma circom 2.0.0;
template Wide(n) { signal input x[n]; signal output y; signal output z;
    var left = 1; var right = 7; for (var i = 0; i < n; i++) { left += (i + 1) * x[i]; right -= (i * i + 3) * x[i]; }
    y <== left * right; z <== left - right; }
component main = Wide(50);

pragma circom 2.0.0;
template Publics(n) {
    signal input open[n]; signal input secret; signal output out;
    signal sums[n + 1]; sums[0] <== secret;
    for (var i = 0; i < n; i++) { sums[i + 1] <== sums[i] * (open[i] + i); }
    out <== sums[n];
}
component main { public [open] } = Publics(6);

pragma circom 2.0.0;

// A little of everything that a constraint system holds: an output, a public and two private inputs, an input that no
// constraint uses, coefficients that repeat, a constraint whose A and B are empty, rows with several columns.
template Chain(n) {
    signal input start;
    signal input factor;
    signal input unused;
    signal output end;
    signal x[n + 1];
    x[0] <== start + 7;
    for (var i = 0; i < n; i++) {
        x[i + 1] <== (x[i] + 3 * factor - i) * (x[i] - 5);
    }
    end <== 2 * x[n] + 11 * start - factor;
}

component main {public [factor]} = Chain(5);

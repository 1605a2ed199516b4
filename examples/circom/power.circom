pragma circom 2.1.6;

// "I know x with x^5 + x + 5 = out, and x is less than 16."
template Power() {
    signal input x;
    signal output out;
    signal bits[4];
    signal square;
    signal fourth;

    var sum = 0;
    for (var i = 0; i < 4; i++) {
        bits[i] <-- (x >> i) & 1;
        bits[i] * (bits[i] - 1) === 0;
        sum += bits[i] * (1 << i);
    }
    sum === x;
    square <== x * x;
    fourth <== square * square;
    out <== fourth * x + x + 5;
}

component main = Power();

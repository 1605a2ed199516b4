use super::*;

fn small(rows: [&[Vec<(Fr, usize)>]; 3]) -> Matrices {
    Matrices::from_rows(2, 2, rows).unwrap()
}

#[test]
fn rows_become_canonical_and_the_digest_does_not_depend_on_how_they_were_written() {
    let f = |n: i64| Fr::from(n);
    let tidy = small([&[vec![(f(1), 0), (f(5), 2)]], &[vec![(f(-1), 3)]], &[vec![(f(2), 1)]]]);
    let messy = small([
        &[vec![(f(2), 2), (f(7), 1), (f(3), 2), (f(1), 0), (f(-7), 1)]],
        &[vec![(f(0), 0), (f(-1), 3)]],
        &[vec![(f(1), 1), (f(1), 1)]],
    ]);
    assert_eq!(tidy.nonzeros(), [2, 1, 1]);
    assert!(tidy == messy);
    assert_eq!(tidy.digest(), messy.digest());
}

#[test]
fn the_digest_tells_circuits_apart() {
    let f = |n: i64| Fr::from(n);
    let base = small([&[vec![(f(1), 1)]], &[vec![(f(1), 2)]], &[vec![(f(1), 3)]]]);
    let others = [
        small([&[vec![(f(2), 1)]], &[vec![(f(1), 2)]], &[vec![(f(1), 3)]]]),
        small([&[vec![(f(1), 0)]], &[vec![(f(1), 2)]], &[vec![(f(1), 3)]]]),
        small([&[vec![(f(1), 2)]], &[vec![(f(1), 1)]], &[vec![(f(1), 3)]]]),
        small([&[vec![(f(1), 1)], vec![]], &[vec![(f(1), 2)], vec![]], &[vec![(f(1), 3)], vec![]]]),
        Matrices::from_rows(3, 1, [&[vec![(f(1), 1)]], &[vec![(f(1), 2)]], &[vec![(f(1), 3)]]]).unwrap(),
        Matrices::from_rows(2, 3, [&[vec![(f(1), 1)]], &[vec![(f(1), 2)]], &[vec![(f(1), 3)]]]).unwrap(),
    ];
    for (number, other) in others.iter().enumerate() {
        assert_ne!(base.digest(), other.digest(), "{number}");
    }
}

#[test]
fn the_digest_follows_its_description() {
    let f = |n: i64| Fr::from(n);
    let matrices = small([&[vec![(f(5), 3), (f(1), 0)]], &[vec![]], &[vec![(f(-1), 1)]]]);
    let entry = |column: u64, value: Fr| [column.to_be_bytes().as_slice(), &value.to_be_bytes()].concat();
    let expected = TaggedHasher::new("tabella/circuit/v1")
        .u64(1)
        .u64(1)
        .u64(2)
        .bytes(&[entry(0, f(1)), entry(3, f(5))].concat())
        .bytes(&[])
        .bytes(&entry(1, f(-1)))
        .finish();
    assert_eq!(matrices.digest(), expected);
}

#[test]
fn the_first_row_that_does_not_hold_is_found_among_many() {
    let rows: Vec<_> = (0..5000).map(|_| vec![(Fr::from(1), 2)]).collect();
    let mut c = rows.clone();
    for wrong in [4999, 3000, 257, 256, 255, 0] {
        c[wrong] = vec![(Fr::from(1), 3)];
        let matrices = small([&rows, &rows, &c]);
        let z = [1, 0, 1, 2].map(Fr::from);
        let (products, first) = matrices.products(&z, 8192, &CancelToken::new()).unwrap();
        assert_eq!(first, Some(wrong));
        assert_eq!(products.c.len(), 8192);
    }
}

/// Three matrices over the variables (1, y, x).
fn built(rows: [&[&[(u32, u64)]]; 3]) -> Result<Matrices, MatrixError> {
    let mut builder = MatricesBuilder::new(2, 1)?;
    for (number, rows) in rows.into_iter().enumerate() {
        if number > 0 {
            builder.next_matrix();
        }
        builder.reserve(rows.len(), 1);
        for row in rows {
            builder.row(row.iter().map(|(column, value)| (*column, Fr::from(*value))))?;
        }
    }
    builder.finish()
}

#[test]
fn the_builder_refuses_what_is_not_canonical() {
    let good: &[&[(u32, u64)]] = &[&[(0, 3), (2, 1)]];
    let matrices = built([good, good, good]).unwrap();
    assert_eq!(matrices.a_row(0).collect::<Vec<_>>(), [(0, Fr::from(3)), (2, Fr::from(1))]);
    assert_eq!((matrices.b_row(0).count(), matrices.b_row(1).count()), (2, 0));
    let refused = |b: &[&[(u32, u64)]]| built([good, b, good]).map(|_| ());
    let (matrix, row) = ('B', 0);
    assert_eq!(refused(&[&[(2, 1), (2, 1)]]), Err(MatrixError::ColumnOrder { matrix, row, column: 2 }));
    assert_eq!(refused(&[&[(2, 1), (0, 1)]]), Err(MatrixError::ColumnOrder { matrix, row, column: 0 }));
    assert_eq!(refused(&[&[(3, 1)]]), Err(MatrixError::ColumnRange { matrix, row, column: 3 }));
    assert_eq!(refused(&[&[(1, 0)]]), Err(MatrixError::ZeroCoefficient { matrix, row, column: 1 }));
    assert_eq!(refused(&[]), Err(MatrixError::RowCount { matrix, expected: 1, actual: 0 }));
    assert_eq!(MatricesBuilder::new(0, 1).map(|_| ()), Err(MatrixError::Size));
    assert_eq!(MatricesBuilder::new(1, usize::MAX).map(|_| ()), Err(MatrixError::Size));
    for actual in [1, 4] {
        let mut builder = MatricesBuilder::new(1, 0).unwrap();
        for _ in 1..actual {
            builder.next_matrix();
        }
        assert_eq!(builder.finish().map(|_| ()), Err(MatrixError::MatrixCount { actual }));
    }
}

#[test]
fn without_c_the_digest_is_another_and_every_row_holds() {
    let row: &[(u32, u64)] = &[(2, 1)];
    let mut builder = MatricesBuilder::new(2, 1).unwrap();
    for number in 0..2 {
        if number > 0 {
            builder.next_matrix();
        }
        builder.row(row.iter().map(|(column, value)| (*column, Fr::from(*value)))).unwrap();
    }
    let without = builder.finish().unwrap();
    let with = built([&[row], &[row], &[&[(1, 1)]]]).unwrap();
    // C of zeros is not the same as an unknown C.
    let zeros = built([&[row], &[row], &[&[]]]).unwrap();
    assert_eq!((without.knows_c(), without.nonzeros()), (false, [1, 1, 0]));
    assert!(without.same_a_and_b(&with) && without.same_a_and_b(&zeros));
    assert!(without.digest() != with.digest() && without.digest() != zeros.digest());
    let wrong = [1, 10, 3].map(Fr::from);
    let token = CancelToken::new();
    let (products, first) = without.products(&wrong, 4, &token).unwrap();
    assert_eq!((first, products.c[0]), (None, Fr::from(9)));
    assert_eq!(with.products(&wrong, 4, &token).unwrap().1, Some(0));
}

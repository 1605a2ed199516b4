//! Many inverses for one [Montgomery's trick], by steps that do not depend on the elements.

use ark_ff::{Field, PrimeField};
use tabella_primitives::{Fr, montgomery::product};
use zeroize::Zeroizing;

/// r - 2, the exponent of an inverse after Fermat.
const R_MINUS_2: [u64; 4] = {
    let [low, rest @ ..] = Fr::MODULUS.0;
    // r ends in 1 in binary, and its low limb is far above 2.
    [low - 2, rest[0], rest[1], rest[2]]
};

/// Replaces each element by its inverse. `None` if one of them is zero.
pub(super) fn invert_all(elements: &mut [Fr]) -> Option<()> {
    let mut before = Zeroizing::new(Vec::with_capacity(elements.len()));
    let mut all = Zeroizing::new(Fr::ONE);
    for element in elements.iter() {
        before.push(*all);
        *all = product(&all, element);
    }
    let mut inverse = inverted(&all);
    if product(&all, &inverse) != Fr::ONE {
        return None;
    }
    for (element, before) in elements.iter_mut().zip(before.iter()).rev() {
        let next = product(&inverse, element);
        *element = product(&inverse, before);
        *inverse = next;
    }
    Some(())
}

/// `x^(r - 2)`.
fn inverted(x: &Fr) -> Zeroizing<Fr> {
    let mut power = Zeroizing::new(Fr::ONE);
    for word in R_MINUS_2.iter().rev() {
        for bit in (0..u64::BITS).rev() {
            *power = product(&power, &power);
            if word >> bit & 1 == 1 {
                *power = product(&power, x);
            }
        }
    }
    power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverses_are_those_of_arkworks() {
        let elements: Vec<Fr> = (1..20u64).map(|k| -Fr::from(k * k)).collect();
        let mut inverses = elements.clone();
        invert_all(&mut inverses).unwrap();
        assert_eq!(inverses, elements.iter().map(|x| x.inverse().unwrap()).collect::<Vec<_>>());
        assert_eq!(invert_all(&mut []), Some(()));
    }

    #[test]
    fn zero_has_none() {
        assert_eq!(invert_all(&mut [Fr::ONE, Fr::from(0), Fr::from(2)]), None);
    }
}

//! Evaluation domains: the n-th roots of unity of the scalar field and one coset of them.

use crate::{
    kernel::Kernel,
    modulus::Words,
    transform::{Products, Roots, Task, Transform},
};
use ark_bn254::Fr;

/// Domains below this size are left to one lane: stages would lie inside a vector.
const SMALLEST: usize = 256;

/// Values on a domain or coset, or coefficients, in a kernel's form and natural order. Overwritten when dropped.
#[derive(Debug)]
pub struct Elements(Vec<Words>);

impl Drop for Elements {
    fn drop(&mut self) {
        self.0.fill([0; 4]);
        core::hint::black_box(&mut self.0);
    }
}

/// The n-th roots of unity H and a coset `shift H`, with the tables for transforms between them. Public.
#[derive(Debug)]
pub struct Domain {
    kernel: Kernel,
    roots: Roots,
}

impl Domain {
    /// A domain of `size` elements and its coset: `None` unless the size is a power of two of at most 2^28 and the shift not 0.
    ///
    /// Takes 128 bytes for each element.
    #[must_use]
    pub fn new(kernel: Kernel, size: usize, shift: Fr) -> Option<Self> {
        // A few lanes do not fill small domains.
        let kernel = if size < SMALLEST { Kernel::PORTABLE } else { kernel };
        Some(Self { kernel, roots: kernel.roots(size, shift)? })
    }

    /// Elements in the form in which they are transformed.
    #[must_use]
    pub fn store(&self, elements: &[Fr]) -> Elements {
        Elements(self.kernel.store_scalars(elements))
    }

    /// Elements out of that form.
    #[must_use]
    pub fn load(&self, elements: &Elements) -> Vec<Fr> {
        self.kernel.load_scalars(&elements.0)
    }

    /// From values on H to values on the coset.
    ///
    /// # Panics
    /// As all transforms: if there are more or fewer values than the domain has elements.
    pub fn move_to_coset(&self, values: &mut Elements) {
        self.transform(Task::ToCoset, values);
    }

    /// From values on H to coefficients.
    ///
    /// # Panics
    /// See [`Self::move_to_coset`].
    pub fn interpolate(&self, values: &mut Elements) {
        self.transform(Task::Interpolate, values);
    }

    /// From values on the coset to coefficients.
    ///
    /// # Panics
    /// See [`Self::move_to_coset`].
    pub fn interpolate_from_coset(&self, values: &mut Elements) {
        self.transform(Task::InterpolateFromCoset, values);
    }

    /// `a[i] = a[i] b[i] - c[i]`, or `a[i] b[i]` without c.
    ///
    /// # Panics
    /// If they differ in length.
    pub fn multiply(&self, a: &mut Elements, b: &Elements, c: Option<&Elements>) {
        assert!(a.0.len() == b.0.len() && c.is_none_or(|c| c.0.len() == a.0.len()), "as many factors");
        self.kernel.products(Products { a: &mut a.0, b: &b.0, c: c.map(|c| c.0.as_slice()) });
    }

    fn transform(&self, task: Task, values: &mut Elements) {
        self.kernel.transform(Transform { roots: &self.roots, task, values: &mut values.0 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::{FftField, UniformRand};
    use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
    use ark_std::test_rng;

    #[test]
    fn transforms_are_those_of_arkworks() {
        let mut rng = test_rng();
        for size in [1, 2, 4, 8, 128, 256, 512, 4096] {
            let values: Vec<Fr> = (0..size).map(|_| Fr::rand(&mut rng)).collect();
            let other: Vec<Fr> = (0..size).map(|_| Fr::rand(&mut rng)).collect();
            let domain = Radix2EvaluationDomain::<Fr>::new(size).unwrap();
            let coset = domain.get_coset(Fr::GENERATOR).unwrap();
            for kernel in Kernel::available() {
                let ours = Domain::new(kernel, size, Fr::GENERATOR).unwrap();
                let done = |task: &dyn Fn(&mut Elements)| {
                    let mut elements = ours.store(&values);
                    task(&mut elements);
                    ours.load(&elements)
                };
                assert_eq!(done(&|_| ()), values, "{kernel} {size}");
                assert_eq!(done(&|v| ours.interpolate(v)), domain.ifft(&values), "{kernel} {size}");
                assert_eq!(done(&|v| ours.interpolate_from_coset(v)), coset.ifft(&values), "{kernel} {size}");
                assert_eq!(
                    done(&|v| ours.move_to_coset(v)),
                    coset.fft(&domain.ifft(&values)),
                    "{kernel} {size}"
                );
                let expected: Vec<Fr> = values.iter().zip(&other).map(|(a, b)| a * b - a).collect();
                let b = ours.store(&other);
                let c = ours.store(&values);
                assert_eq!(done(&|v| ours.multiply(v, &b, Some(&c))), expected, "{kernel} {size}");
            }
        }
    }

    #[test]
    fn domains_that_are_none() {
        for size in [0, 3, 1 << 29] {
            assert!(Domain::new(Kernel::PORTABLE, size, Fr::GENERATOR).is_none(), "{size}");
        }
        assert!(Domain::new(Kernel::PORTABLE, 8, Fr::from(0)).is_none());
    }
}

//! Why registrars ask for registrations: what a bare commitment can be.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

use tabella::{
    Citizen, Election, RegisterError, Registrar,
    ballot::Selection,
    election::{Manifest, Window},
    identity::{IdentityCommitment, Registration, RegistrationError, RegistryLabel},
    keys,
    params::{KeyPolicy::AllowInsecureDevelopmentKeys, ParamsCache},
    primitives::{Fr, rng},
    registry::{MembershipPath, Registry},
};

/// Two citizens hand in the root of a private tree of both, and nobody asks for a registration: one leaf, two ballots. Nothing
/// that a ballot box or an auditor sees is wrong; only registration prevents it.
#[test]
fn a_bare_commitment_that_is_the_root_of_a_private_tree_votes_twice_so_registration_must_refuse_it() {
    let mut rng = rng::from_os().unwrap();
    let [honest, left, right] = [(); 3].map(|()| Citizen::generate(&mut rng));
    let mut private = Registry::new();
    private.append_batch(&[left.commitment(), right.commitment()]).unwrap();
    let root = IdentityCommitment::from_field(*private.root().unwrap().as_field());

    // With registrations there is no way in.
    let label = RegistryLabel::new("town").unwrap();
    let mut checked = Registrar::new();
    let attempt = Registration::from_parts(
        label.clone(),
        root,
        *left.identity().public_key(),
        left.identity().sign(&Fr::from(1)),
    );
    assert_eq!(
        checked.register_checked(&label, [honest.registration(&label), attempt]),
        Err(RegisterError::Registration { position: 1, error: RegistrationError::NotTheKeyOfTheCommitment })
    );
    assert_eq!(checked.registry().size(), 0);
    checked.register_checked(&label, [honest.registration(&label)]).unwrap();

    // Without, the one leaf gives two nullifiers, and both are proved under the registry's root.
    let mut careless = Registrar::new();
    careless.register([honest.commitment(), root]).unwrap();
    let draft = Manifest::builder("Mill", "What shall we do with it?")
        .options(["Library", "Owls"])
        .window(Window { opens_at: 0, closes_at: 9 });
    let election =
        Election::create(draft, careless.freeze().unwrap(), AllowInsecureDevelopmentKeys, &mut rng).unwrap();
    let cache = ParamsCache::open_default().unwrap();
    let key = keys::proving_key(&cache, election.manifest().circuit(), |_| ()).unwrap().key;
    let ballot_box = election.memory_ballot_box().unwrap();
    let above = careless.registry().path_of(&root).unwrap();
    for citizen in [&left, &right] {
        let below = private.path_of(&citizen.commitment()).unwrap();
        let siblings = [below.siblings(), above.siblings()].concat();
        let path = MembershipPath::from_parts(below.index() | above.index() << 1, siblings).unwrap();
        let selection = Selection::from_labels(election.manifest(), ["Owls"]).unwrap();
        let ballot = citizen.vote_with_path(&election, path, selection, &key, &mut rng).unwrap();
        ballot_box.accept(ballot_box.check(&ballot).unwrap(), 5).unwrap();
    }
    assert_eq!(ballot_box.state().unwrap().ballots, 2);
}

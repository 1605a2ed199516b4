//! Binds, serves, stops without losing anything.

use crate::{clock, event::Event, open_error::OpenSiteError, routes::router, settings::Settings, site::Site};
use core::fmt;
use std::{
    future::Future,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};
use tokio::{runtime::Builder, sync::watch, task::JoinHandle, time};

/// How often it is looked whether the time of an election is over.
const SETTLE_EVERY: Duration = Duration::from_secs(1);
/// How long connections may take to end when the server stops. What was received is done nevertheless.
const GRACE: Duration = Duration::from_secs(10);

/// A site that is ready to serve.
pub struct Server {
    site: Arc<Site>,
    listener: TcpListener,
    address: SocketAddr,
}

/// Why there is no server, or it stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServeError {
    /// The site does not start.
    Site(OpenSiteError),
    /// The address cannot be listened on.
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system says.
        kind: io::ErrorKind,
    },
    /// The machine has no threads or connections left to give.
    Run(io::ErrorKind),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Site(error) => error.fmt(f),
            Self::Listen { address, kind } => write!(f, "cannot listen on {address}: {kind}"),
            Self::Run(kind) => write!(f, "the server cannot run: {kind}"),
        }
    }
}

impl core::error::Error for ServeError {}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({})", self.address)
    }
}

impl Server {
    /// Opens the site, or makes it, and listens; port 0 is any free one. `observer` is told what whoever runs the site should see.
    ///
    /// # Errors
    /// [`ServeError`].
    pub fn bind(
        settings: Settings,
        address: SocketAddr,
        observer: impl Fn(&Event) + Send + Sync + 'static,
    ) -> Result<Self, ServeError> {
        let listen = |error: io::Error| ServeError::Listen { address, kind: error.kind() };
        // Before the site is made: an address in use leaves no folder behind.
        let listener = TcpListener::bind(address).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let site = Site::open(settings, Box::new(observer)).map_err(ServeError::Site)?;
        Ok(Self { site: Arc::new(site), listener, address })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until Ctrl-C, or the signal to end.
    ///
    /// # Errors
    /// [`ServeError::Run`].
    pub fn run(self) -> Result<(), ServeError> {
        self.run_until(interrupted())
    }

    /// Serves until `stop` is done. Requests that were received are answered, and whatever was begun is finished, before this returns.
    ///
    /// # Errors
    /// [`ServeError::Run`].
    pub fn run_until(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
        let run = |error: io::Error| ServeError::Run(error.kind());
        // When the runtime is dropped, it waits for the threads that store ballots.
        let runtime = Builder::new_multi_thread().enable_all().build().map_err(run)?;
        runtime.block_on(self.serve(stop)).map_err(run)
    }

    async fn serve(self, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let (stopping, mut stopped) = watch::channel(false);
        let graceful = async move {
            stop.await;
            stopping.send_replace(true);
        };
        let settler = settle_now_and_then(Arc::clone(&self.site));
        let serving = axum::serve(listener, router(self.site)).with_graceful_shutdown(graceful);
        let too_long = async move {
            // An error means that serving has ended.
            drop(stopped.wait_for(|stopped| *stopped).await);
            time::sleep(GRACE).await;
        };
        let served = tokio::select! {
            served = serving => served,
            () = too_long => Ok(()),
        };
        settler.abort();
        served
    }
}

/// Closes boxes and writes records when their time has come.
fn settle_now_and_then(site: Arc<Site>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = time::interval(SETTLE_EVERY);
        ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if site.is_due(clock::now()) {
                site.drained().await;
            }
            let site = Arc::clone(&site);
            // A panic there is a bug that must not end the others' elections.
            drop(tokio::task::spawn_blocking(move || site.settle_all()).await);
        }
    })
}

/// Done when somebody wants the process to end.
async fn interrupted() {
    let ctrl_c = async {
        // Without a signal to wait for, the process ends in the hard way, which loses nothing either.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else { return ctrl_c.await };
        tokio::select! {
            () = ctrl_c => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    ctrl_c.await;
}

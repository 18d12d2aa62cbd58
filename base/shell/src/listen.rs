//! Our own accept loop: a slow, idle or greedy connection is let go at a deadline, and a stop loses nothing.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::body::Body as _;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{Instant, Sleep};

use crate::cache::Front;
use crate::guard::method_override;
use crate::limits::network_of;

#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// To send the headers of a request, from the connection's start or the last answer.
    pub header: Duration,
    /// To send a whole body.
    pub body: Duration,
    /// Without a byte in either direction; live streams say something more often.
    pub idle: Duration,
    /// To finish what is under way when the program stops.
    pub stop: Duration,
    pub per_address: usize,
    pub connections: usize,
}

impl Default for Deadlines {
    fn default() -> Self {
        let s = Duration::from_secs;
        Self { header: s(10), body: s(30), idle: s(60), stop: s(10), per_address: 256, connections: 20_000 }
    }
}

/// Serves until `closing` turns true, then finishes what is under way.
pub async fn serve(
    listener: TcpListener,
    front: Front,
    deadlines: Deadlines,
    proxy: Option<IpAddr>,
    mut closing: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    let crowd = Crowd::default();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = closing.changed() => break,
        };
        let (stream, peer) = match accepted {
            Ok(it) => it,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Some(place) = crowd.enter(peer.ip(), proxy, deadlines) else { continue };
        let _ = stream.set_nodelay(true);
        let connection = connection(stream, peer, front.clone(), deadlines);
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = watched.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(deadlines.stop, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
}

type Connection<S> = http1::Connection<TokioIo<Patient<TcpStream>>, S>;

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    front: Front,
    deadlines: Deadlines,
) -> Connection<
    impl hyper::service::Service<
        hyper::Request<Incoming>,
        Response = axum::response::Response,
        Error = std::convert::Infallible,
        Future: Send + 'static,
    >,
> {
    // HTTP/1.1 alone: TLS, and with it HTTP/2, is the proxy's; and nothing is read here before the deadline counts.
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(deadlines.header).max_headers(64);
    let service = hyper::service::service_fn(move |req: hyper::Request<Incoming>| {
        let pace = Pace::default();
        let mut req = req.map(|body| if body.is_end_stream() { Body::empty() } else { Body::new(Timely::new(body, deadlines.body, pace.clone())) });
        req.extensions_mut().insert(pace);
        req.extensions_mut().insert(ConnectInfo(peer));
        let front = front.clone();
        async move { Ok(front.answer(method_override(req)).await) }
    });
    builder.serve_connection(TokioIo::new(Patient::new(stream, deadlines.idle)), service)
}

/// How many connections there are, and how many each network has.
#[derive(Clone, Default)]
struct Crowd(Arc<Mutex<Seats>>);

#[derive(Default)]
struct Seats {
    total: usize,
    by_network: HashMap<String, usize>,
}

struct Seat {
    crowd: Crowd,
    network: String,
}

impl Crowd {
    fn enter(&self, ip: IpAddr, proxy: Option<IpAddr>, deadlines: Deadlines) -> Option<Seat> {
        let network = network_of(ip);
        let mut seats = self.0.lock().ok()?;
        let mine = seats.by_network.get(&network).copied().unwrap_or(0);
        // A proxy, or this machine's own address, stands for many people.
        let room = ip.is_loopback() || proxy == Some(ip) || mine < deadlines.per_address;
        if !room || seats.total >= deadlines.connections {
            return None;
        }
        seats.total += 1;
        seats.by_network.insert(network.clone(), mine + 1);
        Some(Seat { crowd: self.clone(), network })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Ok(mut seats) = self.crowd.0.lock() {
            seats.total = seats.total.saturating_sub(1);
            let left = seats.by_network.get(&self.network).map_or(0, |n| n.saturating_sub(1));
            if left == 0 {
                seats.by_network.remove(&self.network);
            } else {
                seats.by_network.insert(self.network.clone(), left);
            }
        }
    }
}

/// How a body may come. A route that takes files lets it come slowly, once it is known who sends it; every other body has
/// to be there by its deadline.
#[derive(Clone, Default)]
pub struct Pace(Arc<AtomicBool>);

impl Pace {
    pub fn may_be_slow(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What a phone at the edge of its net still sends in a second.
const SLOWEST: u64 = 2 * 1024;

/// A body that has to arrive in time.
struct Timely {
    body: Incoming,
    until: Pin<Box<Sleep>>,
    pace: Pace,
}

impl Timely {
    fn new(body: Incoming, limit: Duration, pace: Pace) -> Self {
        Self { body, until: Box::pin(tokio::time::sleep(limit)), pace }
    }
}

impl hyper::body::Body for Timely {
    type Data = <Incoming as hyper::body::Body>::Data;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) {
            if let Some(Ok(data)) = frame.as_ref().map(|f| f.as_ref().map(hyper::body::Frame::data_ref))
                && self.pace.0.load(Ordering::Relaxed)
            {
                // Each piece earns the time that a slow line takes for it.
                let earned = Duration::from_millis(data.map_or(0, |d| d.len() as u64) * 1000 / SLOWEST);
                let until = self.until.deadline() + earned;
                self.until.as_mut().reset(until);
            }
            return Poll::Ready(frame.map(|f| f.map_err(Into::into)));
        }
        match self.until.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Some(Err("the body came too slowly".into()))),
            Poll::Pending => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.body.size_hint()
    }
}

/// A connection on which nothing has moved for too long is closed.
struct Patient<S> {
    stream: S,
    limit: Duration,
    quiet: Pin<Box<Sleep>>,
}

impl<S> Patient<S> {
    fn new(stream: S, limit: Duration) -> Self {
        Self { stream, limit, quiet: Box::pin(tokio::time::sleep(limit)) }
    }

    fn moved(&mut self) {
        let until = Instant::now() + self.limit;
        self.quiet.as_mut().reset(until);
    }

    fn waited<T>(&mut self, cx: &mut Context<'_>) -> Poll<std::io::Result<T>> {
        match self.quiet.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(std::io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(done) => {
                self.moved();
                Poll::Ready(done)
            }
            Poll::Pending => self.waited(cx),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<std::io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(cx, buf) {
            Poll::Ready(done) => {
                self.moved();
                Poll::Ready(done)
            }
            Poll::Pending => self.waited(cx),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

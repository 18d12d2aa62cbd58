//! Live pages: a stream says that there is news, never the news itself. All who listen to the same thing are looked
//! after together, so that an event costs the same few queries for one listener and for ten thousand. Rights are
//! checked again at each delivery, and a stream ends within a second of their end.

use std::collections::{HashMap, HashSet};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::task::AtomicWaker;
use hyper::body::Frame;
use kernel::journal::Event;
use kernel::{Actor, Cx, Error, House, Id, Result, Viewer};
use tokio::sync::{broadcast, watch};

use crate::ports::{Door, Future};
use crate::request::Visit;

/// What is listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// What is said in a conversation.
    Conversation(Id),
    /// What begins in a community.
    Community(Id),
    /// What begins where a person belongs.
    Home,
}

/// One who listens: as whom, and the newest thing that their page shows.
#[derive(Clone, Copy, Debug)]
pub struct Ear {
    pub viewer: Viewer,
    pub after: i64,
}

/// How much is new for each of those who listen to the same, in their order; None for whom it is no longer visible.
/// Asked at an event for all of them at once: a fixed number of queries.
pub type News = fn(Cx, Topic, Vec<Ear>) -> Future<Vec<Option<i64>>>;

/// A listener hears at least this often that the line is open.
const BREATH: Duration = Duration::from_secs(20);
/// Ears in one question.
const TOGETHER: usize = 5_000;

/// Everybody who listens on this node.
pub struct Hub {
    rooms: Mutex<HashMap<Topic, Room>>,
    next: AtomicU64,
}

struct Room {
    news: News,
    seats: HashMap<u64, Seat>,
}

#[derive(Clone)]
struct Seat {
    ear: Ear,
    /// The row of the session or token that opened the stream; None for strangers.
    key: Option<Id>,
    line: Arc<Line>,
}

/// What one listener is told: a count and not a queue, so that who reads slowly costs nothing and misses nothing.
#[derive(Default)]
struct Line {
    /// How much is new; [`GONE`] and [`CLOSED`] end the stream.
    now: AtomicI64,
    breaths: AtomicU64,
    waker: AtomicWaker,
}

const GONE: i64 = -1;
const CLOSED: i64 = -2;

impl Line {
    fn tell(&self, now: i64) {
        if self.now.swap(now, Ordering::SeqCst) != now {
            self.waker.wake();
        }
    }

    fn breathe(&self) {
        self.breaths.fetch_add(1, Ordering::SeqCst);
        self.waker.wake();
    }
}

/// Two beats, a second apart, for `tacit doctor`: a proxy that holds them back would hold live pages back, too.
pub(crate) async fn beat() -> Response {
    let beats = futures_util::stream::unfold(1u8, |n| async move {
        match n {
            1 => Some((Ok::<_, Infallible>("data: 1\n\n"), 2)),
            2 => {
                tokio::time::sleep(Duration::from_secs(1)).await;
                Some((Ok("data: 2\n\n"), 3))
            }
            _ => None,
        }
    });
    let mut response = Response::new(Body::from_stream(beats));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response
}

/// Opens a stream of how much is new since `after`.
pub async fn listen(visit: Visit, topic: Topic, after: i64, news: News) -> Result<Response> {
    let hub = visit.shell.live.clone();
    let seat = Seat {
        ear: Ear { viewer: visit.cx.viewer, after },
        key: visit.guest.as_ref().map(|guest| guest.key),
        line: Arc::default(),
    };
    // Seated first, so that nothing falls between the first look and the first event.
    let stream = Listening { line: seat.line.clone(), said: 0, breaths: 0, ended: false, number: hub.enter(topic, news, &seat), topic, hub };
    let system = Cx::new(visit.cx.house.clone(), Viewer::System);
    let first = news(system, topic, vec![seat.ear]).await?.into_iter().next().flatten();
    seat.line.tell(first.ok_or(Error::NotFound)?);
    let mut response = Response::new(Body::new(stream));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

impl Hub {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { rooms: Mutex::default(), next: AtomicU64::default() })
    }

    /// How many streams are open.
    pub fn listeners(&self) -> usize {
        self.rooms().values().map(|room| room.seats.len()).sum()
    }

    fn rooms(&self) -> std::sync::MutexGuard<'_, HashMap<Topic, Room>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, topic: Topic, news: News, seat: &Seat) -> u64 {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut rooms = self.rooms();
        rooms.entry(topic).or_insert_with(|| Room { news, seats: HashMap::new() }).seats.insert(number, seat.clone());
        number
    }

    fn leave(&self, topic: Topic, number: u64) {
        let mut rooms = self.rooms();
        if let Some(room) = rooms.get_mut(&topic) {
            room.seats.remove(&number);
            if room.seats.is_empty() {
                rooms.remove(&topic);
            }
        }
    }

    /// Looks after everybody until the program ends.
    pub(crate) async fn run(self: Arc<Self>, house: Arc<House>, door: Door, mut closing: watch::Receiver<bool>) {
        let mut events = house.db.news();
        let mut breath = tokio::time::interval(BREATH);
        loop {
            let mut heard = tokio::select! {
                event = events.recv() => match event {
                    Ok(event) => Heard::one(&event),
                    Err(broadcast::error::RecvError::Lagged(_)) => Heard::everything(),
                    Err(broadcast::error::RecvError::Closed) => return,
                },
                _ = breath.tick() => {
                    self.all(|line| line.breathe());
                    continue;
                }
                _ = closing.changed() => {
                    self.all(|line| line.tell(CLOSED));
                    return;
                }
            };
            // What happened while others were told is told together.
            loop {
                match events.try_recv() {
                    Ok(event) => heard.and(&event),
                    Err(broadcast::error::TryRecvError::Lagged(_)) => heard = Heard::everything(),
                    Err(_) => break,
                }
            }
            self.look(&house, door, &heard).await;
        }
    }

    fn all(&self, tell: impl Fn(&Line)) {
        self.rooms().values().flat_map(|room| room.seats.values()).for_each(|seat| tell(&seat.line));
    }

    async fn look(&self, house: &Arc<House>, door: Door, heard: &Heard) {
        let concerned: Vec<(Topic, News, Vec<Seat>)> = self
            .rooms()
            .iter()
            .map(|(topic, room)| {
                let whole = heard.concerns(*topic);
                let seats = room.seats.values().filter(|seat| whole || heard.touches(seat.ear.viewer));
                (*topic, room.news, seats.cloned().collect::<Vec<_>>())
            })
            .filter(|(_, _, seats)| !seats.is_empty())
            .collect();
        for (topic, news, seats) in concerned {
            for seats in seats.chunks(TOGETHER) {
                match answers(house, door, topic, news, seats).await {
                    Ok(answers) => seats.iter().zip(answers).for_each(|(seat, n)| seat.line.tell(n.unwrap_or(GONE))),
                    Err(error) => {
                        // Who cannot be looked after now comes back by themselves, and is asked again at the door.
                        tracing::warn!(%error, "listeners could not be looked after");
                        seats.iter().for_each(|seat| seat.line.tell(CLOSED));
                    }
                }
            }
        }
    }
}

async fn answers(house: &Arc<House>, door: Door, topic: Topic, news: News, seats: &[Seat]) -> Result<Vec<Option<i64>>> {
    let keys: Vec<Id> = seats.iter().filter_map(|seat| seat.key).collect();
    let open = if keys.is_empty() { HashSet::new() } else { (door.still)(house.clone(), keys).await? };
    let ears = seats.iter().map(|seat| seat.ear).collect();
    let news = news(Cx::new(house.clone(), Viewer::System), topic, ears).await?;
    let still = |seat: &Seat| seat.key.is_none_or(|key| open.contains(&key));
    Ok(seats.iter().zip(news).map(|(seat, n)| n.filter(|_| still(seat))).collect())
}

/// What happened: which topics have to be looked at, and whose rights may have changed.
#[derive(Default)]
struct Heard {
    everything: bool,
    conversations: HashSet<Id>,
    begun: HashSet<Id>,
    somewhere: bool,
    persons: HashSet<i64>,
}

impl Heard {
    fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    fn one(event: &Event) -> Self {
        let mut heard = Self::default();
        heard.and(event);
        heard
    }

    fn and(&mut self, event: &Event) {
        // A community's openness decides what of it can be seen.
        self.everything |= event.object_kind == "community";
        self.conversations.extend(event.conversation);
        if event.conversation == Some(event.object) {
            self.somewhere = true;
            self.begun.extend(event.community.map(Id::from));
        }
        if let Actor::Person(actor) = event.actor {
            self.persons.insert(actor.0);
        }
        self.persons.extend(event.toward.iter().map(|p| p.0));
    }

    fn concerns(&self, topic: Topic) -> bool {
        self.everything
            || match topic {
                Topic::Conversation(root) => self.conversations.contains(&root),
                Topic::Community(id) => self.begun.contains(&id),
                Topic::Home => self.somewhere,
            }
    }

    fn touches(&self, viewer: Viewer) -> bool {
        viewer.person().is_some_and(|person| self.persons.contains(&person.0))
    }
}

/// The body of a stream. It leaves its seat when the connection ends.
struct Listening {
    line: Arc<Line>,
    said: i64,
    breaths: u64,
    ended: bool,
    number: u64,
    topic: Topic,
    hub: Arc<Hub>,
}

impl hyper::body::Body for Listening {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        self.line.waker.register(cx.waker());
        let (now, breaths) = (self.line.now.load(Ordering::SeqCst), self.line.breaths.load(Ordering::SeqCst));
        let text = if now == CLOSED {
            return Poll::Ready(None);
        } else if now == GONE {
            self.ended = true;
            Bytes::from_static(b"event: gone\ndata: {}\n\n")
        } else if now != self.said {
            self.said = now;
            Bytes::from(format!("event: news\ndata: {{\"n\":{now}}}\n\n"))
        } else if breaths != self.breaths {
            self.breaths = breaths;
            Bytes::from_static(b":\n\n")
        } else {
            return Poll::Pending;
        };
        Poll::Ready(Some(Ok(Frame::data(text))))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.hub.leave(self.topic, self.number);
    }
}

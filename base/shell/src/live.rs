//! Live pages: a stream says that there is news, never the news itself. Rights are checked again at each delivery,
//! and the stream ends within a second of their end.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event as Line, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use kernel::journal::Event;
use kernel::{Actor, Result};
use serde_json::Value;
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;

use crate::ports::Future;
use crate::request::Visit;

/// What a stream tells when something happened; None while there is nothing new. An error ends the stream.
pub type News = Arc<dyn Fn(Visit) -> Future<Option<Value>> + Send + Sync>;

/// Which events make it worth looking again.
pub type Concerns = Arc<dyn Fn(&Event) -> bool + Send + Sync>;

/// Opens a stream. `news` is asked at once, at each event that concerns it, and when rights may have changed.
pub async fn stream(visit: Visit, concerns: Concerns, news: News) -> Result<Response> {
    let events = visit.cx.db().news(); // first, so that nothing falls between the first look and the first event
    let first = news(visit.clone()).await?;
    let (lines, out) = mpsc::channel(4);
    tokio::spawn(tell(visit, concerns, news, events, first, lines));
    let alive = KeepAlive::new().interval(Duration::from_secs(20));
    Ok(Sse::new(ReceiverStream::new(out)).keep_alive(alive).into_response())
}

type Lines = mpsc::Sender<std::result::Result<Line, Infallible>>;

async fn tell(
    visit: Visit,
    concerns: Concerns,
    news: News,
    mut events: broadcast::Receiver<Arc<Event>>,
    first: Option<Value>,
    lines: Lines,
) {
    let mut closing = visit.shell.closing.clone();
    let mut said = None;
    if send(&lines, &mut said, first).await.is_err() {
        return;
    }
    loop {
        let look = tokio::select! {
            event = events.recv() => match event {
                Ok(event) => concerns(&event) || touches(&visit, &event),
                Err(broadcast::error::RecvError::Lagged(_)) => true,
                Err(broadcast::error::RecvError::Closed) => return,
            },
            _ = closing.changed() => return,
            () = lines.closed() => return,
        };
        if !look {
            continue;
        }
        let answer = match still(&visit).await {
            Ok(true) => news(visit.clone()).await,
            Ok(false) => Err(kernel::Error::NotFound),
            Err(error) => Err(error),
        };
        match answer {
            Ok(value) => {
                if send(&lines, &mut said, value).await.is_err() {
                    return;
                }
            }
            Err(_) => {
                let _ = lines.send(Ok(Line::default().event("gone").data("{}"))).await;
                return;
            }
        }
    }
}

/// Whether an event may have changed what this visitor may see.
fn touches(visit: &Visit, event: &Event) -> bool {
    let Some(me) = visit.cx.viewer.person() else { return false };
    event.actor == Actor::Person(me) || event.toward.contains(&me)
}

async fn still(visit: &Visit) -> Result<bool> {
    match &visit.guest {
        Some(guest) => (visit.shell.door.still)(visit.cx.house.clone(), guest.key).await,
        None => Ok(true),
    }
}

/// Only what differs from what was said last; a reader who does not read for five seconds is let go and comes back.
async fn send(lines: &Lines, said: &mut Option<Value>, value: Option<Value>) -> std::result::Result<(), ()> {
    if value.is_none() || value == *said {
        return Ok(());
    }
    let data = value.as_ref().map(Value::to_string).unwrap_or_default();
    *said = value;
    let line = Line::default().event("news").data(data);
    match tokio::time::timeout(Duration::from_secs(5), lines.send(Ok(line))).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(()),
    }
}

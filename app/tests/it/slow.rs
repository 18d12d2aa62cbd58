//! Slow connections: none is held past its deadline, and others are served meanwhile.

use std::time::Duration;

use shell::listen::{Deadlines, serve};
use testkit::{App, Engine};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[test]
fn idle_and_dribbling_connections_are_let_go_at_their_deadline() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let app = App::new(Engine::Sqlite, tacit::slices).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ms = Duration::from_millis;
        let deadlines = Deadlines { header: ms(300), body: ms(300), idle: Duration::from_secs(30), stop: ms(300), ..Deadlines::default() };
        let (stop, closing) = watch::channel(false);
        let serving = tokio::spawn(serve(listener, app.front.clone(), deadlines, None, closing));
        let dribbles: [&[u8]; 3] = [
            b"",
            b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nhandle=",
        ];
        let mut held = Vec::new();
        for i in 0..900 {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(dribbles[i % 3]).await.unwrap();
            held.push(tokio::spawn(async move {
                let mut rest = Vec::new();
                tokio::time::timeout(Duration::from_secs(4), stream.read_to_end(&mut rest)).await.is_ok()
            }));
        }
        let mut quick = TcpStream::connect(address).await.unwrap();
        quick.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        quick.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        for (i, connection) in held.into_iter().enumerate() {
            assert!(connection.await.unwrap(), "connection {i} was still held");
        }
        stop.send(true).unwrap();
        serving.await.unwrap();
    });
}

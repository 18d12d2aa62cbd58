//! What is known of a forum while its posts are read: categories, titles, who was told of.

use std::collections::{HashMap, HashSet};

use super::documents::{Category, Document, Listed, Post};
use super::topic::{self, Topic};
use crate::skips::skip;
use crate::{Access, Community, Item, Reason, Stop, Take, Voice};

pub(super) struct Forum<'t> {
    pub take: &'t mut dyn Take,
    /// What the forum is called where nothing else says: its host or its file.
    name: String,
    categories: HashMap<String, Community>,
    topics: HashMap<String, Topic>,
    told_places: HashSet<String>,
    /// Who was told of, and whether they spoke or were only addressed.
    told_voices: HashMap<String, bool>,
    seen: HashSet<(u64, u32)>,
}

impl<'t> Forum<'t> {
    pub fn new(name: &str, take: &'t mut dyn Take) -> Forum<'t> {
        Forum {
            take,
            name: name
                .split('.')
                .next()
                .filter(|n| !n.is_empty())
                .unwrap_or("forum")
                .to_owned(),
            categories: HashMap::new(),
            topics: HashMap::new(),
            told_places: HashSet::new(),
            told_voices: HashMap::new(),
            seen: HashSet::new(),
        }
    }

    /// From lists, before posts are read.
    pub fn learn(&mut self, document: &Document<'_>) {
        for category in document
            .category_list
            .0
            .categories
            .0
            .iter()
            .chain(&document.categories.0)
        {
            self.category(&category.0, 0);
        }
        for listed in &document.topic_list.0.topics.0 {
            if let Some(id) = listed.0.id.filled() {
                self.topics.insert(id.to_owned(), listed_topic(&listed.0));
            }
        }
    }

    fn category(&mut self, category: &Category<'_>, depth: usize) {
        if let (Some(id), Some(name)) = (category.id.filled(), category.name.filled()) {
            let about = category
                .description_text
                .filled()
                .or(category.description.filled())
                .unwrap_or_default();
            let place = Community {
                id: format!("category/{id}"),
                name: name.to_owned(),
                about: about.to_owned(),
                access: if category.read_restricted.0 {
                    Access::Private
                } else {
                    Access::Open
                },
                ended: false,
            };
            self.categories.insert(id.to_owned(), place);
        }
        for below in category.subcategory_list.0.iter().filter(|_| depth < 4) {
            self.category(&below.0, depth + 1);
        }
    }

    /// One record of a file: a topic, a page of posts, a post, or a list that was learned from before.
    pub fn tell(&mut self, document: &Document<'_>, file: &str, at: u64) -> Result<(), Stop> {
        let own = if document.post_stream.0.posts.0.is_empty() {
            &document.posts.0
        } else {
            &document.post_stream.0.posts.0
        };
        if !own.is_empty() {
            let topic = self.topic_of(document);
            for post in own {
                self.post(&post.0, &topic, file, at)?;
            }
            return self.accepted(document, &topic);
        }
        if !document.latest_posts.0.is_empty() {
            for post in &document.latest_posts.0 {
                self.loose_post(&post.0, file, at)?;
            }
            return Ok(());
        }
        let lists = !document.topic_list.0.topics.0.is_empty()
            || !document.category_list.0.categories.0.is_empty();
        if lists || !document.categories.0.is_empty() {
            return Ok(());
        }
        skip(
            self.take,
            Reason::NoPlace,
            file,
            Some(at),
            "It holds no posts.",
        )
    }

    /// A post without its topic around it.
    pub fn loose_post(&mut self, post: &Post<'_>, file: &str, at: u64) -> Result<(), Stop> {
        let id = post.topic_id.filled().unwrap_or_default().to_owned();
        let known = self.topics.get(&id).cloned().unwrap_or_default();
        let topic = Topic {
            title: post.topic_title.filled().map_or(known.title, str::to_owned),
            slug: post.topic_slug.to_string(),
            category: post
                .category_id
                .filled()
                .map_or(known.category, str::to_owned),
            id,
            ..known
        };
        self.post(post, &topic, file, at)
    }

    fn topic_of(&self, document: &Document<'_>) -> Topic {
        let id = document.topic_id.filled().or(document.id.filled());
        let first = document
            .post_stream
            .0
            .posts
            .0
            .first()
            .and_then(|post| post.0.topic_id.filled());
        let id = id.or(first).unwrap_or_default().to_owned();
        let known = self.topics.get(&id).cloned().unwrap_or_default();
        let details = &document.details.0;
        let named = if details.allowed_users.0.is_empty() {
            &details.participants.0
        } else {
            &details.allowed_users.0
        };
        let solved = |post: &Post<'_>| post.accepted_answer.0;
        Topic {
            title: document.title.filled().map_or(known.title, str::to_owned),
            slug: document
                .slug
                .filled()
                .map_or_else(|| topic::slug(&document.url), str::to_owned),
            address: topic::address(&document.url),
            category: document
                .category_id
                .filled()
                .map_or(known.category, str::to_owned),
            closed: topic::closed(document.closed.0, document.archived.0).or(known.closed),
            direct: &*document.archetype == "private_message" || known.direct,
            with: named
                .iter()
                .take(12)
                .filter_map(|n| n.0.username.filled())
                .collect::<Vec<_>>()
                .join(", "),
            asks: known.asks
                || document.accepted_answer.any
                || document.post_stream.0.posts.0.iter().any(|p| solved(&p.0)),
            id,
        }
    }

    pub fn post(
        &mut self,
        post: &Post<'_>,
        topic: &Topic,
        file: &str,
        at: u64,
    ) -> Result<(), Stop> {
        let numbers = (
            topic.id.parse::<u64>().ok(),
            post.post_number
                .number()
                .and_then(|n| u32::try_from(n).ok()),
        );
        let (Some(topic_id), Some(number)) = numbers else {
            return skip(
                self.take,
                Reason::Broken,
                file,
                Some(at),
                "A post has no number or no topic.",
            );
        };
        if let Some((reason, detail)) = topic::no_contribution(post) {
            return skip(self.take, reason, file, Some(at), detail);
        }
        let Some(mut said) = topic::contribution(post, topic, number) else {
            return skip(
                self.take,
                Reason::Broken,
                file,
                Some(at),
                "A post has no time.",
            );
        };
        if said.words.is_empty() && said.title.is_empty() {
            return skip(
                self.take,
                Reason::Empty,
                file,
                Some(at),
                "A post has no words.",
            );
        }
        if !self.seen.insert((topic_id, number)) {
            return skip(
                self.take,
                Reason::Twice,
                file,
                Some(at),
                "The topic has a post of this number already.",
            );
        }
        said.community = self.place(topic)?;
        said.voice = self.voice(post)?;
        for id in &said.toward {
            self.addressed(id)?;
        }
        let id = said.id.clone();
        self.take.take(Item::Contribution(Box::new(said)))?;
        if let Some(likes) = topic::likes(post) {
            self.take.take(Item::Thanks(crate::Thanks {
                contribution: id.clone(),
                voice: None,
                at: None,
                count: likes,
            }))?;
        }
        if post.accepted_answer.0 && number != 1 {
            self.helped(topic, id)?;
        }
        Ok(())
    }

    /// Newer forums tell of it at the topic, also when the post is on another page.
    fn accepted(&mut self, document: &Document<'_>, topic: &Topic) -> Result<(), Stop> {
        let number = document.accepted_answer.post_number.number();
        let told = document
            .post_stream
            .0
            .posts
            .0
            .iter()
            .any(|p| p.0.accepted_answer.0 && p.0.post_number.number() == number);
        match number {
            Some(number) if !told && number > 1 => {
                self.helped(topic, format!("{}/{number}", topic.id))
            }
            _ => Ok(()),
        }
    }

    fn helped(&mut self, topic: &Topic, answer: String) -> Result<(), Stop> {
        let question = format!("{}/1", topic.id);
        self.take
            .take(Item::Helped(crate::Helped { question, answer }))
    }

    fn place(&mut self, topic: &Topic) -> Result<String, Stop> {
        let place = if topic.direct {
            Community {
                id: format!("message/{}", topic.id),
                name: if topic.with.is_empty() {
                    "direct".to_owned()
                } else {
                    topic.with.clone()
                },
                about: String::new(),
                access: Access::Direct,
                ended: false,
            }
        } else if let Some(category) = self.categories.get(&topic.category) {
            category.clone()
        } else {
            self.unnamed_place(topic)
        };
        if self.told_places.insert(place.id.clone()) {
            self.take.take(Item::Community(place.clone()))?;
        }
        Ok(place.id)
    }

    /// A category that only has a number, or the forum as a whole.
    fn unnamed_place(&self, topic: &Topic) -> Community {
        let host = topic
            .address
            .split("://")
            .nth(1)
            .filter(|host| !host.is_empty());
        let forum = host.unwrap_or(&self.name).to_owned();
        let (id, name) = if topic.category.is_empty() {
            (format!("forum/{forum}"), forum)
        } else {
            (
                format!("category/{}", topic.category),
                format!("{forum}, category {}", topic.category),
            )
        };
        Community {
            id,
            name,
            about: String::new(),
            access: Access::Open,
            ended: false,
        }
    }

    /// Somebody who may never speak here; who does is told of again, with their name.
    fn addressed(&mut self, id: &str) -> Result<(), Stop> {
        if self.told_voices.contains_key(id) {
            return Ok(());
        }
        self.told_voices.insert(id.to_owned(), false);
        self.take.take(Item::Voice(Voice {
            id: id.to_owned(),
            name: id.to_owned(),
            address: None,
            machine: false,
        }))
    }

    fn voice(&mut self, post: &Post<'_>) -> Result<String, Stop> {
        let id = post
            .username
            .filled()
            .or(post.user_id.filled())
            .unwrap_or("deleted")
            .to_owned();
        if self.told_voices.insert(id.clone(), true) != Some(true) {
            let name = post
                .name
                .filled()
                .or(post.username.filled())
                .unwrap_or("deleted");
            let machine = post.user_id.number().is_some_and(|n| n < 0)
                || matches!(id.as_str(), "system" | "discobot");
            self.take.take(Item::Voice(Voice {
                id: id.clone(),
                name: name.to_owned(),
                address: None,
                machine,
            }))?;
        }
        Ok(id)
    }
}

fn listed_topic(listed: &Listed<'_>) -> Topic {
    Topic {
        title: listed.title.to_string(),
        category: listed.category_id.to_string(),
        closed: topic::closed(listed.closed.0, listed.archived.0),
        direct: &*listed.archetype == "private_message",
        asks: listed.has_accepted_answer.0,
        ..Topic::default()
    }
}

//! What the figures say, in sentences: the same on paper and on a page.

use super::facts::Waits;
use super::over_time::Volume;
use super::saying::{about, counted, day, hours, number, percent, some};
use super::{Absence, Again, Answering, Drawing, Newcomers, Open, Part, Parted, Read, Report};

impl Report {
    /// What one would tell a colleague of it.
    pub fn in_short(&self) -> Vec<String> {
        let v = &self.volume;
        let (Some(from), Some(to)) = (v.from, v.to) else {
            return ["Nothing that a person said was found in it.".to_owned()].into_iter().chain(v.said()).collect();
        };
        let people = counted(v.people, "person", "people");
        let when = if from == to { format!("on {}", day(from)) } else { format!("from {} to {}", day(from), day(to)) };
        let mut short = vec![format!("{} by {people}, {when}.", counted(v.contributions, "contribution", "contributions"))];
        if let Some(answering) = self.answering.is() {
            short.push(answering.half());
        }
        if let Some(open) = self.unanswered.is().filter(|open| open.open > 0) {
            let what = open.waits.noun(open.open);
            short.push(format!("{} {what} never had a reply.", number(open.open as u64)));
        }
        if let Some(again) = self.asked_again.is() {
            short.push(again.said());
        }
        short
    }
}

impl Volume {
    pub(super) fn said(&self) -> Vec<String> {
        let mut said = Vec::new();
        if let Some(most) = self.bars.most() {
            let every = self.bars.every.word();
            let of = if every == "day" { format!("on {}", day(most.from)) } else { format!("in the {every} from {}", day(most.from)) };
            said.push(format!("Most was said {of}: {}.", counted(most.contributions, "contribution", "contributions")));
        }
        if self.odd_times > 0 {
            let (have, are) = if self.odd_times == 1 { ("has a time", "is") } else { ("have times", "are") };
            said.push(format!("{} {have} that cannot be right and {are} left out of all figures.", number(self.odd_times)));
        }
        if self.machines > 0 {
            said.push(format!("{} by programs and not by people, and left out of all figures.", counted(self.machines, "contribution was said", "contributions were said")));
        }
        said
    }

    /// In which quarter of the day most is said, over the week.
    pub(super) fn busiest_hours(&self) -> Option<String> {
        const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
        let of_day = |hours: &[u32; 24]| hours.iter().sum::<u32>();
        let day = self.hours.iter().zip(DAYS).max_by_key(|(hours, _)| of_day(hours))?;
        let whole: u32 = self.hours.iter().map(of_day).sum();
        let block = |from: usize| self.hours.iter().flat_map(|hours| hours.iter().skip(from).take(6)).sum::<u32>();
        let from = [0, 6, 12, 18].into_iter().max_by_key(|from| block(*from))?;
        let share = percent(f64::from(block(from)) / f64::from(whole.max(1)));
        (whole > 0).then(|| format!("{share} is said between {from}:00 and {}:00 UTC; most on a {}.", from + 6, day.1))
    }
}

impl Answering {
    pub(super) fn half(&self) -> String {
        let what = if self.waits == Waits::Openings { "what began a conversation" } else { "the questions" };
        match self.median_hours {
            Some(median) => format!("Half of {what} had a reply within {}.", hours(median)),
            None => format!("More than half of {what} had no reply at all."),
        }
    }

    pub(super) fn said(&self) -> String {
        format!("{} Within a day it was {}, within a week {}.", self.half(), percent(self.within_a_day), percent(self.within_a_week))
    }
}

impl Open {
    pub(super) fn said(&self) -> String {
        let (open, asked) = (number(self.open as u64), number(self.asked as u64));
        match self.open {
            0 => format!("All {asked} {} had a reply.", self.waits.noun(self.asked)),
            _ => format!("{open} of {asked} {} never had a reply by somebody else: {}.", self.waits.noun(self.asked), percent(self.share)),
        }
    }
}

impl Again {
    pub(super) fn said(&self) -> String {
        let (one, many) = if self.waits == Waits::Openings { ("matter was raised", "matters were raised") } else { ("question was asked", "questions were asked") };
        let of = if self.compared < self.asked { format!(", of the newest {}", number(self.compared as u64)) } else { String::new() };
        format!("{} by several people in nearly the same words{of}.", counted(self.groups as u64, one, many))
    }
}

impl Absence {
    pub(super) fn said(&self) -> String {
        let made = if self.people == 1 { "1 person made".to_owned() } else { format!("{} people made", self.people) };
        format!("{made} half of the replies of the archive's last year, of {} who replied.", some(self.of))
    }
}

impl Part {
    pub(super) fn rows(&self) -> [(&'static str, String); 3] {
        [
            ("core: most weeks, and cared for others", about(self.core)),
            ("active: four weeks or more", about(self.active)),
            ("edge: now and then, or silent", about(self.edge)),
        ]
    }

    pub(super) fn said(&self) -> String {
        format!("In the archive's last 13 weeks, of {} people who spoke in its last year:", some(self.of))
    }
}

impl Newcomers {
    pub(super) fn said(&self) -> String {
        let left_out = match self.weeks_left_out {
            0 => String::new(),
            weeks => format!(", after the first {weeks} weeks, in which everybody seems new"),
        };
        format!("{} people spoke for the first time{left_out}.", capital(&some(self.newcomers)))
    }

    pub(super) fn rows(&self) -> Vec<(&'static str, String)> {
        let rows = [
            ("had a reply within two days", self.replied),
            ("spoke again within 30 days", self.back),
            ("spoke again, of those who had a reply", self.back_replied),
            ("spoke again, of those who had none", self.back_not_replied),
        ];
        rows.into_iter().filter_map(|(what, share)| Some((what, about(share?)))).collect()
    }
}

impl Drawing {
    pub(super) fn said(&self) -> Vec<String> {
        let parts = match self.parted {
            Parted::Communities => format!("{} places where people are at home", self.parts),
            Parted::Clusters => format!("{} groups of people who mostly talk with each other", self.parts),
        };
        let crossing = match self.crossing {
            0 => "Hardly anything ties them to each other".to_owned(),
            share => format!("About {share}\u{a0}% of what ties people goes between them"),
        };
        let bridges = match (self.parts, self.bridges) {
            (..2, _) => "Everybody is in one group.".to_owned(),
            (_, 0) => format!("It falls into {parts}. {crossing}."),
            (_, share) => format!("It falls into {parts}. {crossing}; about {share}\u{a0}% of ties are bridges, where hardly anybody else joins the two sides."),
        };
        let strong = match self.strong {
            0 => "Hardly any tie is strong: kept up from both sides through the weeks.".to_owned(),
            share => format!("About {share}\u{a0}% of ties are strong: kept up from both sides through the weeks."),
        };
        let half_life = format!("Ties of the whole time are counted; after {} an act counts half.", hours(self.half_life_days * 24.0));
        vec![bridges, strong, half_life]
    }

    pub(super) fn drawn(&self) -> String {
        let dots = if self.of_clusters { "Each dot is a group of five people or more" } else { "Each dot is a person" };
        let beside = match self.beside {
            0 => String::new(),
            some => format!(" About {} people with few ties are not drawn.", number(some)),
        };
        format!("{dots}, each line a tie; about {} people are drawn. Nobody can be singled out: nobody has a name, and whoever would stand apart is not drawn.{beside}", number(self.people))
    }
}

impl Read {
    pub(super) fn said(&self) -> String {
        let skipped: u64 = self.skipped.iter().map(|skip| skip.count).sum();
        let took = super::saying::seconds(self.seconds);
        format!("{} read in {took}: {} kept, {} left aside.", counted(self.read, "record", "records"), number(self.kept), number(skipped))
    }

    pub(super) fn private(&self) -> Option<String> {
        let said: u64 = self.left_out.iter().map(|(_, count)| count).sum();
        let places = counted(self.left_out.len() as u64, "private place", "private places");
        (said > 0).then(|| format!("{places} with {} were left out. If those in one agreed: --agreed NAME", counted(said, "contribution", "contributions")))
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

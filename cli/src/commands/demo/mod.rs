//! `dikast demo`

mod client;
mod cluster;

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use clap::Args;
use dikast_compiler::diagnostic::render;
use dikast_examples::{Example, Review};
use dikast_grammar::SourceMap;
use dikast_runtime::patch::{self, Merged};
use dikast_runtime::webhook::certificate::{CertificateSource, Certificates, loopback_names};
use dikast_runtime::webhook::policies::Loaded;
use dikast_runtime::webhook::service::{Options, Service};
use dikast_stdlib::Value;

use self::client::Client;
use super::Exit;
use crate::evaluation::world::Machine;
use crate::output::style::{Style, Tone};
use crate::serving;

/// See the example policies answer real admission reviews over HTTPS
///
/// For each example, compiles its policies, starts the webhook on loopback with a throw-away certificate, sends the
/// example's reviews to it and shows each verdict, message and patch with its latency; the first one of a kind and an
/// operation includes the generation of its native code. Then it keeps serving an example, with a line to try; without a
/// terminal, or with --exit, it ends at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  dikast demo
  dikast demo --exit")]
pub(crate) struct Arguments {
    /// End after the reviews
    #[arg(long)]
    exit: bool,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
}

impl Arguments {
    /// Runs the demo. Verdict, message and patched object are compared with those that Kyverno gives.
    ///
    /// # Errors
    /// When the webhook cannot be started or does not answer.
    pub(crate) fn run(self) -> anyhow::Result<Exit> {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(self.demonstrate())
    }

    async fn demonstrate(self) -> anyhow::Result<Exit> {
        ensure!(self.listen.ip().is_loopback(), "the demo listens on loopback only, {} is not", self.listen.ip());
        let source = CertificateSource::ThrowAway { names: loopback_names(self.listen.ip()) };
        let certificates = Arc::new(Certificates::new(source, serving::provider())?);
        let authority = certificates.authority_pem().unwrap_or_default();
        let mut wrong = 0;
        let start = Instant::now();
        for example in dikast_examples::all() {
            let service = Arc::new(service(example)?);
            let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
            let stopped = async move {
                let _ = stopped.await;
            };
            let (address, server) = serving::start(self.listen, service, Arc::clone(&certificates), stopped).await?;
            wrong += show(example, &Client::new(address, &authority)?).await?;
            let _ = stop.send(());
            server.await?;
        }
        let mut out = std::io::stdout();
        let reviews: usize = dikast_examples::all().iter().map(|example| example.reviews.len()).sum();
        writeln!(out, "{reviews} reviews in {}", duration(start.elapsed()))?;
        if wrong > 0 {
            writeln!(out, "{wrong} answers are not Kyverno's; please report this")?;
            return Ok(Exit::Findings);
        }
        if self.exit || !std::io::stdout().is_terminal() {
            return Ok(Exit::Clean);
        }
        self.keep_serving(certificates, &authority).await
    }

    async fn keep_serving(&self, certificates: Arc<Certificates>, authority: &str) -> anyhow::Result<Exit> {
        let [.., example] = dikast_examples::all() else { return Ok(Exit::Clean) };
        let folder = std::env::temp_dir().join(format!("dikast-demo-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let (ca, review) = (folder.join("ca.pem"), folder.join("review.json"));
        std::fs::write(&ca, authority)?;
        std::fs::write(&review, example.reviews.get(1).map_or("{}", |review| review.request))?;
        let (address, server) =
            serving::start(self.listen, Arc::new(service(example)?), certificates, serving::asked_to_end()).await?;
        writeln!(
            std::io::stdout(),
            "serving {} until you press Ctrl-C; try\n\n  curl --cacert {} --json @{} https://{address}/validate\n",
            example.name,
            ca.display(),
            review.display(),
        )?;
        server.await?;
        let _ = std::fs::remove_dir_all(&folder);
        Ok(Exit::Clean)
    }
}

/// A webhook service for the policies of an example, in the cluster that its files describe.
fn service(example: &Example) -> anyhow::Result<Service> {
    let mut sources = SourceMap::new();
    for policy in example.policies {
        sources.add(policy.name, policy.text);
    }
    let loaded = Loaded::of(sources);
    ensure!(!loaded.has_errors(), "{}", render::terminal::render(&loaded.diagnostics, &loaded.sources, false));
    let host = Arc::new(cluster::host(example)?);
    Ok(Service::new(&loaded, host, Box::new(Machine), Options::default()))
}

/// Sends the reviews of an example, shows the answers, and gives how many are not the expected ones.
async fn show(example: &Example, client: &Client) -> anyhow::Result<usize> {
    let style = Style::of_stdout(false);
    let mut out = std::io::stdout();
    writeln!(out, "{}  {}", style.paint(Tone::Name, example.name), example.title)?;
    let mut wrong = 0;
    for review in example.reviews {
        let told = Told::hear(client, review).await?;
        let verdict = match (&told.refusal, told.operations) {
            (Some(_), _) => style.paint(Tone::Bad, "denied "),
            (None, 0) => style.paint(Tone::Good, "allowed"),
            (None, _) => style.paint(Tone::Good, "changed"),
        };
        let mark = if told.as_expected { "" } else { "  NOT AS EXPECTED" };
        writeln!(out, "  {verdict}  {:<16} {:>8}{mark}", review.name, duration(told.took))?;
        let notes = [(Tone::Faint, told.patch.as_ref()), (Tone::Bad, told.refusal.as_ref())];
        let notes = notes.into_iter().filter_map(|(tone, text)| text.map(|text| (tone, text)));
        for (tone, text) in notes.chain(told.warnings.iter().map(|text| (Tone::Notice, text))) {
            for line in text.trim().lines().filter(|line| !line.is_empty()) {
                writeln!(out, "           {}", style.paint(tone, line))?;
            }
        }
        wrong += usize::from(!told.as_expected);
    }
    writeln!(out)?;
    Ok(wrong)
}

/// What both webhooks said to a review.
struct Told {
    refusal: Option<String>,
    patch: Option<String>,
    operations: usize,
    warnings: Vec<String>,
    took: Duration,
    as_expected: bool,
}

impl Told {
    /// Asks the mutating webhook, then the validating one about what the first made of the object.
    async fn hear(client: &Client, review: &Review) -> anyhow::Result<Self> {
        let mut request: Value = serde_json::from_str(review.request)?;
        let expected: Value = serde_json::from_str(review.expected)?;
        let (mutated, mut took) = client.ask("/mutate", &request).await?;
        let mut patch = None;
        let mut operations = 0;
        let mut patched = Value::Null;
        if let Some(text) = client::patch_of(&mutated)? {
            let object = request.at(&["request", "object"]).cloned().unwrap_or_default();
            if let Merged::Changed(object) = patch::json::apply(&object, &text)? {
                patched = object.clone();
                request = client::with_object(&request, object);
            }
            operations = serde_json::from_str::<Vec<Value>>(&text)?.len();
            patch = Some(text.replace("},{\"op\"", "},\n{\"op\""));
        }
        let (validated, more) = client.ask("/validate", &request).await?;
        took += more;
        let allowed = |answer: &Value| answer.get("allowed") == Some(&Value::Bool(true));
        let refusing = [&mutated, &validated].into_iter().find(|answer| !allowed(answer));
        let refusal = refusing.map(|answer| {
            answer.at(&["status", "message"]).and_then(Value::as_text).unwrap_or("no reason given").to_owned()
        });
        let same = |left: &Value, right: &Value| serde_json::to_string(left).ok() == serde_json::to_string(right).ok();
        let message = expected.get("message").and_then(Value::as_text);
        let as_expected = expected.get("allowed") == Some(&Value::Bool(refusal.is_none()))
            && refusal.as_deref().map(str::trim) == message.map(str::trim)
            && same(expected.get("patched").unwrap_or(&Value::Null), &patched);
        let warnings = [&mutated, &validated]
            .into_iter()
            .flat_map(|answer| answer.get("warnings").and_then(Value::as_list).unwrap_or_default())
            .filter_map(|warning| warning.as_text().map(str::to_owned))
            .collect();
        Ok(Self { refusal, patch, operations, warnings, took, as_expected })
    }
}

fn duration(took: Duration) -> String {
    match took.as_micros() {
        us @ ..10_000 => format!("{us} µs"),
        us => format!("{} ms", us / 1000),
    }
}

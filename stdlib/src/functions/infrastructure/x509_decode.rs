//! `x509_decode`

use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};
use crate::x509;

pub(crate) static FUNCTION: Function = Function {
    name: "x509_decode",
    topic: Topic::Infrastructure,
    parameters: &[Parameter { name: "pem", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Object,
    volatile: false,
    summary: "The certificate or certificate request in the first PEM block of a text, with the names of Go's \
              `x509.Certificate`: `Subject`, `NotAfter`, `DNSNames`, `IsCA` and so on. Only RSA keys are taken.",
    examples: &[],
    call: |arguments, _| x509::decode(arguments.text(0)?).map_err(FunctionError::failed),
};

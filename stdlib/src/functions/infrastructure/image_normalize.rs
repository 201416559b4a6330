//! `image_normalize`

use crate::Value;
use crate::functions::{Arity, Function, FunctionError, Kind, Parameter, Topic};
use crate::image::ImageInfo;

pub(crate) static FUNCTION: Function = Function {
    name: "image_normalize",
    topic: Topic::Infrastructure,
    parameters: &[Parameter { name: "reference", kinds: &[Kind::Text] }],
    arity: Arity::Fixed,
    result: Kind::Text,
    volatile: true,
    summary: "An image reference with its registry, and with its tag or digest; by default `docker.io` and `latest`. No \
              `library/` is put in.",
    examples: &[
        ("image_normalize('nginx')", r#""docker.io/nginx:latest""#),
        ("image_normalize('localhost:5000/app:1.2')", r#""localhost:5000/app:1.2""#),
    ],
    call: |arguments, environment| {
        let image = ImageInfo::parse(arguments.text(0)?, &environment.image_defaults());
        image
            .map(|image| Value::text(image.reference))
            .map_err(|error| FunctionError::refused("image_normalize", error))
    },
};

//! A policy with a bit of everything.

pub(crate) const POLICY: &str = "apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: sample
spec:
  validationFailureAction: Enforce
  rules:
  - name: owners
    match:
      any:
      - resources:
          kinds:
          - Pod
    context:
    - name: allowed
      configMap: {name: owners, namespace: default}
    - name: first
      variable:
        jmesPath: request.object.spec.containers[0]
    preconditions:
      all:
      - key: \"{{ length(request.object.spec.containers[?image == 'x'].name) }}\"
        operator: GreaterThan
        value: 0
    validate:
      message: \"😀 {{ allowed.data.text }} and {{ first.image }}\"
      pattern:
        metadata:
          labels:
            owner: \"?*\"
        spec:
          =(hostNetwork): false
          containers:
          - image: \"*:*\"
  - name: loops
    match:
      any:
      - resources:
          kinds: [Deployment]
    validate:
      message: no
      foreach:
      - list: request.object.spec.template.spec.containers
        deny:
          conditions:
            any:
            - key: \"{{ element.image }}\"
              operator: Equals
              value: x
";
